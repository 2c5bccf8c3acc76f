import type { FunctionBody } from '../assembler/functionBody.js'
import type { FunctionRef, ModuleBuilder } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import { f32x4, v128 } from '../assembler/vectors.js'

/** Rows and columns of a tile: eight running sums, four registers of B and two of A fit beside each other. */
export const tileRows = 2
export const tileColumns = 16

/** Rows of a packed panel of A, one tile after the other. */
export const panelRows = 4

/** How many rows and vectors of columns a tile's code has, and steps along k it is unrolled by. */
type TileCode = { readonly rows: number; readonly vectors: number; readonly unrolled: number }

/** The loop is not unrolled: V8 computes an address for each broadcast beyond the first ones. */
const wide: TileCode = { rows: tileRows, vectors: 4, unrolled: 1 }

/** A load of a list before each step costs less than the loop around a step. */
const listed: TileCode = { ...wide, unrolled: 4 }

/** As many sums of half the columns: with fewer, each would wait for the one before. */
const narrow: TileCode = { rows: panelRows, vectors: 2, unrolled: 4 }

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** `c[2][16] (+)= Σ_k a[k][2 of 4]·b[k][16]` of two packed panels; `pitch` are bytes between rows of c. */
export const writeMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  writePackedTile(module, 'tile', wide)

/** The first eight columns of a panel: `c[4][8] (+)= Σ_k a[k][4]·b[k][8 of 16]`. */
export const writeNarrowMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  writePackedTile(module, 'tile narrow', narrow)

const writePackedTile = (module: ModuleBuilder, name: string, code: TileCode): FunctionRef<null> =>
  module.procedure(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, a, b, c, pitch, k, isFirst) =>
    writeTile(f, code, a, c, pitch, k, isFirst, b, 4 * tileColumns, (s) =>
      upTo(code.vectors).map((v) => v128.load(b, 4 * tileColumns * s + 16 * v)),
    ),
  )

/**
 * The same with columns that are neighbours in an array, eight at `b` and eight at `bNext`, and, for each step along k,
 * an offset that is listed.
 */
export const writeListedMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  module.procedure(
    'tile listed',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, a, b, bNext, list, c, pitch, k, isFirst) =>
      writeTile(f, listed, a, c, pitch, k, isFirst, list, 4, (s) => {
        const offset = f.let(i32.and(i32.load(list, 4 * s), i32.const(-4)))
        const halves = [b, bNext].map((half) => f.let(i32.add(half, offset)))
        return upTo(listed.vectors).map((v) => v128.load(halves[v >> 1], 16 * (v & 1)))
      }),
  )

/**
 * `right` reads at `moving`, which moves on by `bytes` a step. After each step of an unrolled loop it may be
 * left, for an odd k, and so that V8 keeps few loads waiting: it moves all those of a block to its start.
 */
const writeTile = (
  f: FunctionBody,
  { rows, vectors, unrolled }: TileCode,
  a: Local<'i32'>,
  c: Value<'i32'>,
  pitch: Value<'i32'>,
  k: Local<'i32'>,
  isFirst: Value<'i32'>,
  moving: Local<'i32'>,
  bytes: number,
  right: (s: number) => readonly Value<'v128'>[],
): void => {
  const sums = upTo(rows).map(() => upTo(vectors).map(() => f.variable(f32x4.const(0, 0, 0, 0))))
  f.block((exit) => {
    f.loop((again) => {
      for (let s = 0; s < unrolled; s++) {
        const columns = right(s).map((v) => f.let(v))
        sums.forEach((row, i) => {
          const left = f.let(v128.load32Splat(a, 4 * (panelRows * s + i)))
          row.forEach((sum, v) => {
            f.set(sum, f32x4.add(sum, f32x4.mul(left, columns[v])))
          })
        })
        if (s < unrolled - 1) f.branch(exit, i32.eq(k, i32.const(s + 1)))
      }
      f.set(a, i32.add(a, i32.const(4 * panelRows * unrolled)))
      f.set(moving, i32.add(moving, i32.const(bytes * unrolled)))
      f.set(k, i32.sub(k, i32.const(unrolled)))
      f.branch(again, k)
    })
  })
  const each = (store: (at: Value<'i32'>, sum: Value<'v128'>, offset: number) => void): void => {
    const at = f.variable(c)
    sums.forEach((row, i) => {
      if (i > 0) f.set(at, i32.add(at, pitch))
      row.forEach((sum, v) => {
        store(at, sum, 16 * v)
      })
    })
  }
  f.if(
    isFirst,
    () => each((at, sum, offset) => f.do(v128.store(at, sum, offset))),
    () => each((at, sum, offset) => f.do(v128.store(at, f32x4.add(v128.load(at, offset), sum), offset))),
  )
}
