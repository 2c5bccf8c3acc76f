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

/**
 * `c[4][8] (+)= Σ_k a[k][4]·b[k][8]` of two packed panels; `pitch` are bytes between rows of c. After each step along k
 * the loop may be left, for an odd k, and so that V8 keeps few loads waiting: it moves all those of a block to its start.
 */
export const writeMicroKernel = (module: ModuleBuilder): FunctionRef<null> =>
  module.procedure('tile', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, a, b, c, pitch, k, isFirst) => {
    const rows = Array.from({ length: tileRows }, (_, i) => i)
    const sums = rows.map(() => [0, 1].map(() => f.variable(f32x4.const(0, 0, 0, 0))))
    f.block((exit) => {
      f.loop((again) => {
        for (let s = 0; s < unrolled; s++) {
          step(f, sums, a, b, s)
          if (s < unrolled - 1) f.branch(exit, i32.eq(k, i32.const(s + 1)))
        }
        f.set(a, i32.add(a, i32.const(4 * tileRows * unrolled)))
        f.set(b, i32.add(b, i32.const(4 * tileColumns * unrolled)))
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
  })

const step = (
  f: FunctionBody,
  sums: readonly (readonly Local<'v128'>[])[],
  a: Value<'i32'>,
  b: Value<'i32'>,
  s: number,
): void => {
  const right = [0, 1].map((half) => f.let(v128.load(b, 4 * tileColumns * s + 16 * half)))
  sums.forEach((row, i) => {
    const left = f.let(v128.load32Splat(a, 4 * (tileRows * s + i)))
    row.forEach((sum, half) => {
      f.set(sum, f32x4.add(sum, f32x4.mul(left, right[half])))
    })
  })
}
