import type { FunctionBody } from '../assembler/functionBody.js'
import { type FunctionRef, type ModuleBuilder, perform } from '../assembler/moduleBuilder.js'
import { i32, select } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import { f32x4, v128 } from '../assembler/vectors.js'
import type { Arena } from '../memory/arena.js'
import { functionsOf, moduleOver } from '../memory/memoryModule.js'
import { type SharedFunction, SharedModule, type SharedWork, type ThreadPool } from '../threads/pool.js'
import { multiplicationTime } from '../threads/work.js'
import type { Exports, WebAssemblyPlatform } from '../webAssembly.js'
import {
  panelRows,
  tileColumns,
  tileRows,
  writeListedMicroKernel,
  writeMicroKernel,
  writeNarrowMicroKernel,
} from './microKernel.js'
import { areNeighbours, writeListedPacking, writePacking } from './packing.js'

/** Blocks of k, of rows (whose panel stays in the second cache) and of columns (whose panel stays in the third). */
const [blockK, blockRows, blockColumns] = [256, 96, 1024]

/** Bytes of a thread's own scratch: a tile at the edge, then the panel of A, then that of B. */
const tileBytes = 4 * panelRows * tileColumns
const leftBytes = 4 * blockRows * (blockK + 4)
export const panelBytes = tileBytes + leftBytes + 4 * (blockColumns + tileColumns) * (blockK + 4)

/**
 * A matrix operand in memory: its address, and the distances between rows (of the right one: columns) and between steps along k:
 * in bytes, or, where `isListed`, as addresses of lists of places.
 */
export type MatrixOperand = {
  readonly address: number
  readonly isListed: boolean
  readonly rows: number
  readonly steps: number
}

/** Arguments of a multiplication, before its first row and column, and where among them some are. */
const operandWords = 13
const [aAt, bAt, cAt, mAt, nAt] = [0, 4, 8, 10, 11]

const smaller = (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(i32.ltS(a, b), a, b)

/** Repeats for blocks `[at, at + size)` of `0 … count − 1`, or of `from … count − 1`. */
const blocks = (
  f: FunctionBody,
  count: Value<'i32'>,
  most: Value<'i32'>,
  write: (at: Local<'i32'>, size: Local<'i32'>) => void,
  from: Value<'i32'> = i32.const(0),
): void => {
  const at = f.variable(from)
  f.block((exit) => {
    f.loop((again) => {
      f.branch(exit, i32.geS(at, count))
      const size = f.let(smaller(i32.sub(count, at), most))
      write(at, size)
      f.set(at, i32.add(at, most))
      f.branch(again)
    })
  })
}

/** The size of nearly equal blocks, a multiple of four, each of at most `most`. */
const balanced = (f: FunctionBody, count: Value<'i32'>, most: number): Local<'i32'> => {
  const parts = f.let(i32.divU(i32.add(count, i32.const(most - 1)), i32.const(most)))
  const size = i32.divU(i32.add(count, i32.sub(parts, i32.const(1))), parts)
  return f.let(i32.and(i32.add(size, i32.const(3)), i32.const(-4)))
}

/** Copies the part of a tile that is inside of c, or adds it. */
const writeEdge = (module: ModuleBuilder): FunctionRef<null> =>
  module.procedure(
    'edge',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, tile, c, pitch, rows, columns, isFirst) => {
      blocks(f, rows, i32.const(1), (i) => {
        blocks(f, columns, i32.const(1), (j) => {
          const from = f.let(i32.add(tile, i32.shl(i32.add(i32.shl(i, i32.const(4)), j), i32.const(2))))
          const to = f.let(i32.add(c, i32.add(i32.mul(i, pitch), i32.shl(j, i32.const(2)))))
          const value = f.let(v128.load32Splat(from))
          f.if(
            isFirst,
            () => f.do(v128.store32Lane(to, value, 0)),
            () => f.do(v128.store32Lane(to, f32x4.add(v128.load32Splat(to), value), 0)),
          )
        })
      })
    },
  )

/** Packs rows `row … row + lanes − 1`, and steps `step … step + k − 1`, of a matrix; listed neighbours may be left out. */
const writeAnyPacking = (
  module: ModuleBuilder,
  name: string,
  width: number,
  leavesNeighbours: boolean,
): FunctionRef<null> => {
  const even = writePacking(module, `${name} even`, width)
  const listed = writeListedPacking(module, `${name} listed`, width, leavesNeighbours)
  return module.procedure(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, to, from, isListed, rows, steps, row, lanes, step, k) => {
      f.if(
        isListed,
        () => {
          const own = (list: Value<'i32'>, at: Value<'i32'>) => i32.add(list, i32.shl(at, i32.const(2)))
          f.do(perform(listed, to, from, own(rows, row), own(steps, step), lanes, k))
        },
        () => {
          const block = i32.add(from, i32.add(i32.mul(row, rows), i32.mul(step, steps)))
          f.do(perform(even, to, block, rows, steps, lanes, k))
        },
      )
    },
  )
}

/**
 * `c = a·b`: c has `pitch` bytes between rows and neighbouring columns; of its rows `firstRow … m − 1` and columns
 * `firstColumn … n − 1`, which are multiples of a tile. Sums of one element are in the order of k, in blocks, however
 * rows and columns are divided.
 */
const writeMultiplication = (module: ModuleBuilder): FunctionRef<null> => {
  const tile = writeMicroKernel(module)
  const tileNarrow = writeNarrowMicroKernel(module)
  const tileListed = writeListedMicroKernel(module)
  const edge = writeEdge(module)
  const packLeft = writeAnyPacking(module, 'packLeft', panelRows, false)
  const packRight = writeAnyPacking(module, 'packRight', tileColumns, true)
  const parameters = Array.from({ length: operandWords + 3 }, () => 'i32' as const)
  return module.procedure(
    'multiply',
    parameters,
    (
      f,
      a,
      aListed,
      aRows,
      aSteps,
      b,
      bListed,
      bColumns,
      bSteps,
      c,
      pitch,
      m,
      n,
      k,
      firstRow,
      firstColumn,
      scratch,
    ) => {
      const left = f.let(i32.add(scratch, i32.const(tileBytes)))
      const right = f.let(i32.add(left, i32.const(leftBytes)))
      const [sizeK, sizeRows] = [balanced(f, k, blockK), balanced(f, i32.sub(m, firstRow), blockRows)]
      const overColumns = (j: Local<'i32'>, columns: Local<'i32'>): void =>
        blocks(f, k, sizeK, (p, steps) => {
          const isFirst = f.let(i32.eqz(p))
          f.do(perform(packRight, right, b, bListed, bColumns, bSteps, j, columns, p, steps))
          const overRows = (i: Local<'i32'>, rows: Local<'i32'>): void => {
            f.do(perform(packLeft, left, a, aListed, aRows, aSteps, i, rows, p, steps))
            const into = f.let(i32.add(c, i32.add(i32.mul(i, pitch), i32.shl(j, i32.const(2)))))
            const bPanel = f.variable(right)
            blocks(f, columns, i32.const(tileColumns), (jr, wide) => {
              const entry = f.let(i32.add(bColumns, i32.shl(i32.add(j, jr), i32.const(2))))
              // where both halves of the columns are, if they are read from there; else 0
              const direct = f.variable(i32.const(0))
              const next = f.variable(i32.const(0))
              f.if(bListed, () =>
                f.if(areNeighbours(f, entry, i32.sub(columns, jr), tileColumns), () => {
                  const at = (half: number) => i32.add(b, i32.and(i32.load(entry, 32 * half), i32.const(-4)))
                  f.set(direct, at(0))
                  f.set(next, at(1))
                }),
              )
              const list = f.let(i32.add(bSteps, i32.shl(p, i32.const(2))))
              const isNarrow = f.let(i32.leS(wide, i32.const(tileColumns / 2)))
              const most = (narrow: number, whole: number) =>
                f.let(select(isNarrow, i32.const(narrow), i32.const(whole)))
              const [mostRows, mostColumns] = [most(panelRows, tileRows), most(tileColumns / 2, tileColumns)]
              blocks(f, rows, mostRows, (ir, high) => {
                const panel = i32.mul(i32.and(ir, i32.const(-panelRows)), i32.shl(steps, i32.const(2)))
                const within = i32.shl(i32.and(ir, i32.const(panelRows - 1)), i32.const(2))
                const aPanel = f.let(i32.add(left, i32.add(panel, within)))
                const tileInto = (at: Value<'i32'>, bytes: Value<'i32'>, first: Value<'i32'>): void =>
                  f.if(
                    direct,
                    () => f.do(perform(tileListed, aPanel, direct, next, list, at, bytes, steps, first)),
                    () => {
                      const packed = [aPanel, bPanel, at, bytes, steps, first]
                      f.if(
                        isNarrow,
                        () => f.do(perform(tileNarrow, ...packed)),
                        () => f.do(perform(tile, ...packed)),
                      )
                    },
                  )
                const at = f.let(i32.add(into, i32.add(i32.mul(ir, pitch), i32.shl(jr, i32.const(2)))))
                const isWhole = i32.and(i32.eq(wide, mostColumns), i32.eq(high, mostRows))
                f.if(
                  isWhole,
                  () => tileInto(at, pitch, isFirst),
                  () => {
                    tileInto(scratch, i32.const(4 * tileColumns), i32.const(1))
                    f.do(perform(edge, scratch, at, pitch, high, wide, isFirst))
                  },
                )
              })
              f.set(bPanel, i32.add(bPanel, i32.mul(steps, i32.const(4 * tileColumns))))
            })
          }
          blocks(f, m, sizeRows, overRows, firstRow)
        })
      blocks(f, n, i32.const(blockColumns), overColumns, firstColumn)
    },
  )
}

/** How a multiplication, or several, are divided. */
const byRows = 0
const byColumns = 1
const byMatrices = 2

/**
 * Units `from … to − 1` of the multiplications that a table describes: the arguments, how they are divided, the bytes of
 * one c, and the addresses of the matrices one after the other.
 */
const writePart = (module: ModuleBuilder, multiply: FunctionRef<null>): FunctionRef<null> =>
  module.procedure('part', ['i32', 'i32', 'i32', 'i32'], (f, table, from, to, scratch) => {
    const word = (at: number): Value<'i32'> => i32.load(table, 4 * at)
    const zero = i32.const(0)
    const run = (
      changed: ReadonlyMap<number, Value<'i32'>>,
      row: Value<'i32'>,
      column: Value<'i32'>,
    ): void => {
      const own = Array.from({ length: operandWords }, (_, at) => changed.get(at) ?? word(at))
      f.do(perform(multiply, ...own, row, column, scratch))
    }
    const division = f.let(word(operandWords))
    const slice = (at: number, size: number): readonly [Value<'i32'>, ReadonlyMap<number, Value<'i32'>>] => {
      const first = f.let(i32.mul(from, i32.const(size)))
      const end = f.let(smaller(i32.mul(to, i32.const(size)), word(at)))
      return [first, new Map([[at, end]])]
    }
    f.if(i32.eq(division, i32.const(byRows)), () => {
      const [row, changed] = slice(mAt, tileRows)
      run(changed, row, zero)
    })
    f.if(i32.eq(division, i32.const(byColumns)), () => {
      const [column, changed] = slice(nAt, tileColumns)
      run(changed, zero, column)
    })
    f.if(i32.eq(division, i32.const(byMatrices)), () => {
      const each = (at: Local<'i32'>): void => {
        const pair = f.let(i32.add(table, i32.shl(at, i32.const(3))))
        const address = (which: number) => i32.load(pair, 4 * (operandWords + 2 + which))
        const c = i32.add(word(cAt), i32.mul(at, word(operandWords + 1)))
        run(
          new Map([
            [aAt, address(0)],
            [bAt, address(1)],
            [cAt, c],
          ]),
          zero,
          zero,
        )
      }
      blocks(f, to, i32.const(1), each, from)
    })
  })

/** Work before and after each of several matrices: its unit i belongs to matrix i. */
export type MatrixStep = {
  readonly nanoseconds: number
  readonly run: (from: number, to: number) => void
  /** For threads, where there are any. */
  readonly shared: () => SharedWork['functions'][number]
}

const none: readonly MatrixStep[] = []

/** Matrices enough for each thread that threads take whole ones. */
const manyMatrices = 4

/** Matrix multiplication of float32, in one module for all programs, so that it is compiled and optimised once. */
export class Multiplication {
  readonly #run: Exports[string]
  readonly #part: SharedFunction | null
  readonly #scratch: number

  readonly #arena: Arena
  readonly #pool: ThreadPool | null

  constructor(platform: WebAssemblyPlatform, arena: Arena, pool: ThreadPool | null) {
    this.#arena = arena
    this.#pool = pool

    const module = moduleOver(arena)
    const { index } = writePart(module, writeMultiplication(module))
    const bytes = module.toBytes()
    const exports = functionsOf(platform, arena, bytes)
    this.#run = exports['multiply']
    this.#part =
      pool === null ? null : { module: new SharedModule(arena, bytes), index, call: exports['part'] }
    this.#scratch = arena.allocate(panelBytes).address
  }

  /**
   * `c[m][n] = Σ_k a[m][k]·b[n][k]` of each pair of matrices, whose rows are next to each other; k is not 0. The work
   * `before` and `after` a matrix is done while that is in a cache.
   */
  multiply(
    as: readonly MatrixOperand[],
    bs: readonly MatrixOperand[],
    c: number,
    sizes: readonly [number, number, number],
    before = none,
    after = none,
  ): void {
    const [pool, part] = [this.#pool, this.#part] as const
    const [m, n] = sizes
    const bytes = 4 * m * n
    const time = multiplicationTime(sizes)
    const words = (i: number): readonly number[] => wordsOf(as[i], bs[i], c + i * bytes, sizes)
    const count = as.length
    const steps = [...before, ...after]
    const all = steps.reduce((sum, s) => sum + s.nanoseconds, time * count)
    const isShared = pool !== null && part !== null && all >= pool.leastShared
    if (isShared && (time < pool.leastShared || count >= manyMatrices * pool.size)) {
      const addresses = as.flatMap((a, i) => [a.address, bs[i].address])
      const work = { units: count, nanoseconds: all, fineness: steps.length === 0 ? 4 : count }
      this.#together(pool, [...words(0), byMatrices, bytes, ...addresses], work, part, before, after)
      return
    }
    const isByColumns = n > m
    const units = isByColumns ? Math.ceil(n / tileColumns) : Math.ceil(m / tileRows)
    const work = { units, nanoseconds: time, fineness: 1 }
    // threads share each of few matrices, and the work around all of them
    if (isShared) this.#share(pool, before, count)
    for (let i = 0; i < count; i++) {
      if (isShared) this.#together(pool, [...words(i), isByColumns ? byColumns : byRows], work, part)
      else {
        for (const step of before) step.run(i, i + 1)
        this.#run(...words(i), 0, 0, this.#scratch)
        for (const step of after) step.run(i, i + 1)
      }
    }
    if (isShared) this.#share(pool, after, count)
  }

  #share(pool: ThreadPool, steps: readonly MatrixStep[], units: number): void {
    for (const { nanoseconds, shared, run } of steps)
      if (nanoseconds < pool.leastShared) run(0, units)
      else pool.run({ functions: [shared()], units, nanoseconds, fineness: 4 })
  }

  #together(
    pool: ThreadPool,
    words: readonly number[],
    work: Omit<SharedWork, 'functions'>,
    part: SharedFunction,
    before = none,
    after = none,
  ): void {
    const table = this.#arena.allocate(4 * words.length)
    this.#arena.view('int32', table.address, words.length).set(words)
    const shared = (steps: readonly MatrixStep[]) => steps.map((s) => s.shared())
    try {
      const functions = [...shared(before), { of: part, table: table.address }, ...shared(after)]
      pool.run({ ...work, functions })
    } finally {
      this.#arena.free(table)
    }
  }
}

const wordsOf = (
  a: MatrixOperand,
  b: MatrixOperand,
  c: number,
  [m, n, k]: readonly [number, number, number],
): readonly number[] => [...operandOf(a), ...operandOf(b), c, 4 * n, m, n, k]

const operandOf = ({ address, isListed, rows, steps }: MatrixOperand): readonly number[] => [
  address,
  isListed ? 1 : 0,
  rows,
  steps,
]
