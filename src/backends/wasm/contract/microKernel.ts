import type { FunctionBody } from '../assembler/functionBody.js'
import type { FunctionRef, ModuleBuilder } from '../assembler/moduleBuilder.js'
import { i32 } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import { f32x4, v128 } from '../assembler/vectors.js'

/** Rows and columns of a tile: eight running sums, two registers of B and one of A are what fits beside each other. */
export const tileRows = 4
export const tileColumns = 8

/** Steps along k that the loop is unrolled by. */
const unrolled = 4

/** The two registers of a step's eight columns. */
type Right = (s: number) => readonly Value<'v128'>[]

/**
 * `c[4][8] (+)= Σ_k a[k][4]·b[k][8]` of two packed panels; `pitch` are bytes between rows of c. After each step along k
 * the loop may be left, for an odd k, and so that V8 keeps few loads waiting: it moves all those of a block to its start.
 */
export const writeMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  module.procedure('tile', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, a, b, c, pitch, k, isFirst) =>
    writeTile(f, a, c, pitch, k, isFirst, b, 4 * tileColumns, (s) =>
      [0, 1].map((half) => v128.load(b, 4 * tileColumns * s + 16 * half)),
    ),
  )

/** The same with columns that are neighbours in an array, at `b` and, for each step along k, an offset that is listed. */
export const writeListedMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  module.procedure(
    'tile listed',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, a, b, list, c, pitch, k, isFirst) =>
      writeTile(f, a, c, pitch, k, isFirst, list, 4, (s) => {
        const at = f.let(i32.add(b, i32.and(i32.load(list, 4 * s), i32.const(-4))))
        return [0, 1].map((half) => v128.load(at, 16 * half))
      }),
  )

/** `right` reads from where `moving` is, which goes on by so many bytes a step. */
const writeTile = (
  f: FunctionBody,
  a: Local<'i32'>,
  c: Value<'i32'>,
  pitch: Value<'i32'>,
  k: Local<'i32'>,
  isFirst: Value<'i32'>,
  moving: Local<'i32'>,
  bytes: number,
  right: Right,
): void => {
  const rows = Array.from({ length: tileRows }, (_, i) => i)
  const sums = rows.map(() => [0, 1].map(() => f.variable(f32x4.const(0, 0, 0, 0))))
  f.block((exit) => {
    f.loop((again) => {
      for (let s = 0; s < unrolled; s++) {
        step(f, sums, a, right(s), s)
        if (s < unrolled - 1) f.branch(exit, i32.eq(k, i32.const(s + 1)))
      }
      f.set(a, i32.add(a, i32.const(4 * tileRows * unrolled)))
      f.set(moving, i32.add(moving, i32.const(bytes * unrolled)))
      f.set(k, i32.sub(k, i32.const(unrolled)))
      f.branch(again, k)
    })
  })
  const each = (store: (at: Value<'i32'>, sum: Value<'v128'>, offset: number) => void): void => {
    const at = f.variable(c)
    for (const row of rows) {
      sums[row].forEach((sum, half) => {
        store(at, sum, 16 * half)
      })
      if (row < tileRows - 1) f.set(at, i32.add(at, pitch))
    }
  }
  f.if(
    isFirst,
    () => each((at, sum, offset) => f.do(v128.store(at, sum, offset))),
    () => each((at, sum, offset) => f.do(v128.store(at, f32x4.add(v128.load(at, offset), sum), offset))),
  )
}

const step = (
  f: FunctionBody,
  sums: readonly (readonly Local<'v128'>[])[],
  a: Value<'i32'>,
  columns: readonly Value<'v128'>[],
  s: number,
): void => {
  const right = columns.map((v) => f.let(v))
  sums.forEach((row, i) => {
    const left = f.let(v128.load32Splat(a, 4 * (tileRows * s + i)))
    row.forEach((sum, half) => {
      f.set(sum, f32x4.add(sum, f32x4.mul(left, right[half])))
    })
  })
}
