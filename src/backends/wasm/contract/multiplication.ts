import type { FunctionBody } from '../assembler/functionBody.js'
import { type FunctionRef, ModuleBuilder, perform } from '../assembler/moduleBuilder.js'
import { i32, select } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import { f32x4, v128 } from '../assembler/vectors.js'
import type { Arena } from '../memory/arena.js'
import type { WebAssemblyPlatform } from '../webAssembly.js'
import { tileColumns, tileRows, writeMicroKernel } from './microKernel.js'
import { writePacking } from './packing.js'

/** Blocks of k, of rows (whose panel stays in the second cache) and of columns (whose panel stays in the third). */
const [blockK, blockRows, blockColumns] = [256, 96, 1024]

/** Bytes of a thread's own scratch: a tile at the edge, then the panel of A, then that of B. */
const tileBytes = 4 * tileRows * tileColumns
const leftBytes = 4 * blockRows * (blockK + 4)
export const panelBytes = tileBytes + leftBytes + 4 * (blockColumns + tileColumns) * (blockK + 4)

/** A matrix operand in memory: its address, and the bytes between rows (columns, of the right one) and between steps along k. */
export type MatrixOperand = { readonly address: number; readonly stride: number; readonly step: number }

const smaller = (a: Value<'i32'>, b: Value<'i32'>): Value<'i32'> => select(i32.ltS(a, b), a, b)

/** Repeats for blocks `[at, at + size)` of `0 … count − 1`. */
const blocks = (
  f: FunctionBody,
  count: Value<'i32'>,
  most: Value<'i32'>,
  write: (at: Local<'i32'>, size: Local<'i32'>) => void,
): void => {
  const at = f.variable(i32.const(0))
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
          const from = f.let(i32.add(tile, i32.shl(i32.add(i32.shl(i, i32.const(3)), j), i32.const(2))))
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

/**
 * `c = a·b`: c has `pitch` bytes between rows and neighbouring columns. Sums of one element are in the order of k, in
 * blocks, however the rows are divided.
 */
const writeMultiplication = (module: ModuleBuilder): FunctionRef<null> => {
  const tile = writeMicroKernel(module)
  const edge = writeEdge(module)
  const packLeft = writePacking(module, 'packLeft', tileRows)
  const packRight = writePacking(module, 'packRight', tileColumns)
  const parameters = Array.from({ length: 12 }, () => 'i32' as const)
  return module.procedure(
    'multiply',
    parameters,
    (f, a, aRow, aStep, b, bColumn, bStep, c, pitch, m, n, k, scratch) => {
      const left = f.let(i32.add(scratch, i32.const(tileBytes)))
      const right = f.let(i32.add(left, i32.const(leftBytes)))
      const [sizeK, sizeRows] = [balanced(f, k, blockK), balanced(f, m, blockRows)]
      blocks(f, n, i32.const(blockColumns), (j, columns) => {
        blocks(f, k, sizeK, (p, steps) => {
          const isFirst = f.let(i32.eqz(p))
          const bBlock = i32.add(b, i32.add(i32.mul(j, bColumn), i32.mul(p, bStep)))
          f.do(perform(packRight, right, bBlock, bColumn, bStep, columns, steps))
          blocks(f, m, sizeRows, (i, rows) => {
            const aBlock = i32.add(a, i32.add(i32.mul(i, aRow), i32.mul(p, aStep)))
            f.do(perform(packLeft, left, aBlock, aRow, aStep, rows, steps))
            const into = f.let(i32.add(c, i32.add(i32.mul(i, pitch), i32.shl(j, i32.const(2)))))
            const bPanel = f.variable(right)
            blocks(f, columns, i32.const(tileColumns), (jr, wide) => {
              const aPanel = f.variable(left)
              blocks(f, rows, i32.const(tileRows), (ir, high) => {
                const at = f.let(i32.add(into, i32.add(i32.mul(ir, pitch), i32.shl(jr, i32.const(2)))))
                const isWhole = i32.and(
                  i32.eq(wide, i32.const(tileColumns)),
                  i32.eq(high, i32.const(tileRows)),
                )
                f.if(
                  isWhole,
                  () => f.do(perform(tile, aPanel, bPanel, at, pitch, steps, isFirst)),
                  () => {
                    f.do(
                      perform(tile, aPanel, bPanel, scratch, i32.const(4 * tileColumns), steps, i32.const(1)),
                    )
                    f.do(perform(edge, scratch, at, pitch, high, wide, isFirst))
                  },
                )
                f.set(aPanel, i32.add(aPanel, i32.mul(steps, i32.const(4 * tileRows))))
              })
              f.set(bPanel, i32.add(bPanel, i32.mul(steps, i32.const(4 * tileColumns))))
            })
          })
        })
      })
    },
  )
}

/** Matrix multiplication of float32, in one module for all programs, so that it is compiled and optimised once. */
export class Multiplication {
  private readonly run: (...args: number[]) => number | undefined
  private readonly scratch: number

  constructor(platform: WebAssemblyPlatform, arena: Arena) {
    const module = new ModuleBuilder({ module: 'engine', name: 'memory', ...arena.limits })
    writeMultiplication(module)
    const compiled = new platform.Module(module.toBytes())
    this.run = new platform.Instance(compiled, { engine: { memory: arena.memory } }).exports['multiply']
    this.scratch = arena.allocate(panelBytes).address
  }

  /** `c[m][n] = Σ_k a[m][k]·b[n][k]`, of which rows are next to each other; k is not 0. */
  multiply(
    a: MatrixOperand,
    b: MatrixOperand,
    c: number,
    [m, n, k]: readonly [number, number, number],
  ): void {
    this.run(a.address, a.stride, a.step, b.address, b.stride, b.step, c, 4 * n, m, n, k, this.scratch)
  }
}
