import type { FunctionBody } from '../assembler/functionBody.js'
import { type FunctionRef, type ModuleBuilder, perform } from '../assembler/moduleBuilder.js'
import { i32, select } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import { i8x16, v128 } from '../assembler/vectors.js'

type Address = Value<'i32'>

/** Repeats while `from < to`, in steps; `from` moves. */
const stepping = (
  f: FunctionBody,
  from: Local<'i32'>,
  to: Value<'i32'>,
  by: number,
  write: () => void,
): void =>
  f.block((exit) => {
    f.loop((again) => {
      f.branch(exit, i32.gtS(i32.add(from, i32.const(by)), to))
      write()
      f.set(from, i32.add(from, i32.const(by)))
      f.branch(again)
    })
  })

const interleaveLow = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23]
const interleaveHigh = interleaveLow.map((b) => b + 8)
const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const highHalves = lowHalves.map((b) => b + 8)

/** Four rows of four as four columns. */
const transposed = (
  f: FunctionBody,
  [r0, r1, r2, r3]: readonly Value<'v128'>[],
): readonly Value<'v128'>[] => {
  const [low0, low1] = [i8x16.shuffle(r0, r1, interleaveLow), i8x16.shuffle(r2, r3, interleaveLow)].map((v) =>
    f.let(v),
  )
  const [high0, high1] = [i8x16.shuffle(r0, r1, interleaveHigh), i8x16.shuffle(r2, r3, interleaveHigh)].map(
    (v) => f.let(v),
  )
  return [
    i8x16.shuffle(low0, low1, lowHalves),
    i8x16.shuffle(low0, low1, highHalves),
    i8x16.shuffle(high0, high1, lowHalves),
    i8x16.shuffle(high0, high1, highHalves),
  ].map((v) => f.let(v))
}

/**
 * Packs `lanes` rows of k elements into panels of `width`: `to[panel][k][width]`. Strides are in bytes. Where lanes are
 * neighbours, panels are copied in vectors, the last one with whatever follows, whose sums nobody reads; where steps along k
 * are, whole panels are. The last, narrower one then repeats its last lane.
 */
export const writePacking = (module: ModuleBuilder, name: string, width: number): FunctionRef<null> =>
  module.procedure(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, to, from, laneStride, stepStride, lanes, k) => {
      const groups = Array.from({ length: width / 4 }, (_, g) => g)
      const lane = f.variable(i32.const(0))
      const at = f.variable(from)
      const into = f.variable(to)
      const next = (): void => {
        f.set(at, i32.add(at, i32.mul(laneStride, i32.const(width))))
      }
      f.if(
        i32.eq(laneStride, i32.const(4)),
        () =>
          stepping(f, lane, i32.add(lanes, i32.const(width - 1)), width, () => {
            neighbours(f, groups, into, at, stepStride, k)
            next()
          }),
        () =>
          f.if(i32.eq(stepStride, i32.const(4)), () =>
            stepping(f, lane, lanes, width, () => {
              rows(f, groups, into, at, laneStride, k, width)
              next()
            }),
          ),
      )
      f.block((exit) => {
        f.loop((again) => {
          const left = f.let(i32.sub(lanes, lane))
          f.branch(exit, i32.leS(left, i32.const(0)))
          anyStrides(f, into, at, laneStride, stepStride, k, left, width)
          next()
          f.set(lane, i32.add(lane, i32.const(width)))
          f.branch(again)
        })
      })
    },
  )

/** A panel whose lanes are neighbours. */
const neighbours = (
  f: FunctionBody,
  groups: readonly number[],
  into: Local<'i32'>,
  from: Address,
  stepStride: Address,
  k: Address,
): void => {
  const at = f.variable(from)
  const i = f.variable(i32.const(0))
  stepping(f, i, k, 1, () => {
    for (const g of groups) f.do(v128.store(into, v128.load(at, 16 * g), 16 * g))
    f.set(at, i32.add(at, stepStride))
    f.set(into, i32.add(into, i32.const(16 * groups.length)))
  })
}

/** A panel whose lanes are rows: four by four are transposed, and the steps that are left copied one by one. */
const rows = (
  f: FunctionBody,
  groups: readonly number[],
  into: Local<'i32'>,
  from: Address,
  laneStride: Address,
  k: Address,
  width: number,
): void => {
  const starts = Array.from({ length: width }, (_, l) =>
    f.variable(l === 0 ? from : i32.add(from, i32.mul(laneStride, i32.const(l)))),
  )
  const move = (bytes: number): void => {
    for (const s of starts) f.set(s, i32.add(s, i32.const(bytes)))
  }
  const i = f.variable(i32.const(0))
  stepping(f, i, k, 4, () => {
    for (const g of groups) {
      const loaded = starts.slice(4 * g, 4 * g + 4).map((s) => f.let(v128.load(s)))
      transposed(f, loaded).forEach((v, step) => {
        f.do(v128.store(into, v, 4 * width * step + 16 * g))
      })
    }
    move(16)
    f.set(into, i32.add(into, i32.const(16 * width)))
  })
  stepping(f, i, k, 1, () => {
    for (const g of groups) {
      let v: Value<'v128'> = f.let(v128.load32Splat(starts[4 * g]))
      for (let l = 1; l < 4; l++) v = f.let(v128.load32Lane(starts[4 * g + l], v, l))
      f.do(v128.store(into, v, 16 * g))
    }
    move(4)
    f.set(into, i32.add(into, i32.const(4 * width)))
  })
}

/** A panel of at most `left` lanes, at any strides. */
const anyStrides = (
  f: FunctionBody,
  into: Local<'i32'>,
  from: Address,
  laneStride: Address,
  stepStride: Address,
  k: Address,
  left: Address,
  width: number,
): void => {
  const last = f.let(i32.sub(left, i32.const(1)))
  const starts = Array.from({ length: width }, (_, l) => {
    const own = l === 0 ? i32.const(0) : select(i32.ltS(i32.const(l), last), i32.const(l), last)
    return f.variable(i32.add(from, i32.mul(laneStride, own)))
  })
  const i = f.variable(i32.const(0))
  stepping(f, i, k, 1, () => {
    for (let g = 0; g < width / 4; g++) {
      let v: Value<'v128'> = f.let(v128.load32Splat(starts[4 * g]))
      for (let l = 1; l < 4; l++) v = f.let(v128.load32Lane(starts[4 * g + l], v, l))
      f.do(v128.store(into, v, 16 * g))
    }
    for (const s of starts) f.set(s, i32.add(s, stepStride))
    f.set(into, i32.add(into, i32.const(4 * width)))
  })
}

/**
 * Packs rows, and steps along k, that lie at offsets of their own (`Spacing`): four rows at a time, in vectors where they
 * or four steps are neighbours. With `leavesNeighbours`, panels of `areNeighbours` are left as they were.
 */
export const writeListedPacking = (
  module: ModuleBuilder,
  name: string,
  width: number,
  leavesNeighbours: boolean,
): FunctionRef<null> => {
  const four = writeFourListed(module, `${name} four`, width)
  return module.procedure(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, to, base, rows, steps, lanes, k) => {
      const lane = f.variable(i32.const(0))
      const into = f.variable(to)
      f.block((exit) => {
        f.loop((again) => {
          f.branch(exit, i32.geS(lane, lanes))
          const packed = (): void => {
            for (let g = 0; g < width / 4; g++) {
              const first = g === 0 ? lane : f.let(i32.add(lane, i32.const(4 * g)))
              f.do(perform(four, i32.add(into, i32.const(16 * g)), base, rows, steps, first, lanes, k))
            }
          }
          const entry = i32.add(rows, i32.shl(lane, i32.const(2)))
          if (leavesNeighbours) f.if(areNeighbours(f, entry, i32.sub(lanes, lane), width), () => {}, packed)
          else packed()
          f.set(into, i32.add(into, i32.mul(k, i32.const(4 * width))))
          f.set(lane, i32.add(lane, i32.const(width)))
          f.branch(again)
        })
      })
    },
  )
}

/**
 * Whether a panel of listed rows, from the entry `first` on, is made of runs of eight neighbours, all of them
 * among the `left` last ones. Such a panel needs no packing where each step of it is loaded from the array.
 */
export const areNeighbours = (
  f: FunctionBody,
  first: Address,
  left: Value<'i32'>,
  width: number,
): Value<'i32'> => {
  const at = f.let(first)
  let areRuns: Value<'i32'> = i32.geS(left, i32.const(width))
  for (let lane = 0; lane < width; lane += 8) {
    const entry = f.let(i32.load(at, 4 * lane))
    // an entry says that four are neighbours, and the next four's entry whether they go on from there
    const goesOn = i32.eq(i32.load(at, 4 * lane + 16), i32.add(entry, i32.const(16)))
    areRuns = i32.and(areRuns, i32.and(entry, goesOn))
  }
  return areRuns
}

/** Four rows from `first` on; the last row of all stands for those beyond it. */
const writeFourListed = (module: ModuleBuilder, name: string, width: number): FunctionRef<null> =>
  module.procedure(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, to, base, rows, steps, first, lanes, k) => {
      const into = f.variable(to)
      const step = f.variable(steps)
      const end = f.let(i32.add(steps, i32.shl(k, i32.const(2))))
      const last = f.let(i32.sub(lanes, i32.const(1)))
      const entries = [0, 1, 2, 3].map((l) => {
        const at = l === 0 ? first : i32.add(first, i32.const(l))
        const inside = f.let(at)
        const own = select(i32.ltS(inside, last), inside, last)
        return f.let(i32.load(i32.add(rows, i32.shl(own, i32.const(2)))))
      })
      const starts = entries.map((e) => f.let(i32.add(base, i32.and(e, i32.const(-4)))))
      const isRun = i32.and(entries[0], i32.leS(i32.add(first, i32.const(3)), last))
      const next = (count: number): void => {
        f.set(step, i32.add(step, i32.const(4 * count)))
        f.set(into, i32.add(into, i32.const(4 * width * count)))
      }
      f.if(
        isRun,
        () =>
          stepping(f, step, end, 4, () => {
            f.do(v128.store(into, v128.load(i32.add(starts[0], i32.and(i32.load(step), i32.const(-4))))))
            f.set(into, i32.add(into, i32.const(4 * width)))
          }),
        () =>
          f.block((exit) => {
            f.loop((again) => {
              f.branch(exit, i32.geU(step, end))
              const entry = f.let(i32.load(step))
              const offset = f.let(i32.and(entry, i32.const(-4)))
              const at = starts.map((s) => f.let(i32.add(s, offset)))
              f.if(
                i32.and(entry, i32.leU(i32.add(step, i32.const(16)), end)),
                () => {
                  const loaded = at.map((a) => f.let(v128.load(a)))
                  transposed(f, loaded).forEach((v, s) => {
                    f.do(v128.store(into, v, 4 * width * s))
                  })
                  next(4)
                },
                () => {
                  let v: Value<'v128'> = f.let(v128.load32Splat(at[0]))
                  for (let l = 1; l < 4; l++) v = f.let(v128.load32Lane(at[l], v, l))
                  f.do(v128.store(into, v))
                  next(1)
                },
              )
              f.branch(again)
            })
          }),
      )
    },
  )
