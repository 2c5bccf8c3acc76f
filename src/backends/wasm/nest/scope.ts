import type { DynamicIndex, Expr } from '../../../ir/expr.js'
import type { FunctionBody } from '../assembler/functionBody.js'
import { i32 } from '../assembler/scalars.js'
import type { Local, Value } from '../assembler/value.js'
import type { Lanes } from '../vector/lanes.js'
import type { Moving } from './frame.js'

/** The values that are known at a place within the loops. */
export type Scope = {
  /** The present places of all that moves. */
  readonly movings: ReadonlyMap<Moving, Value<'i32'>>
  readonly values: Map<Expr, Lanes>
  /** Computed parts of addresses, in bytes. */
  readonly terms: Map<DynamicIndex, Value<'i32'>>
  /** Registers of four points that are computed side by side; 0: a single point. */
  readonly width: number
  /** Whether all guards are known to hold at all of these points. */
  readonly isInside: boolean
}

export const within = (
  scope: Scope,
  part: Partial<Pick<Scope, 'movings' | 'width' | 'isInside'>>,
): Scope => ({
  movings: part.movings ?? scope.movings,
  values: new Map(scope.values),
  terms: new Map(scope.terms),
  width: part.width ?? scope.width,
  isInside: part.isInside ?? scope.isInside,
})

/** The variables that a loop moves, and how it does. */
export type Entered = {
  readonly movings: ReadonlyMap<Moving, Value<'i32'>>
  readonly advance: (steps: number) => void
}

/** Variables for all that moves along an axis, at its place `from`. */
export const enter = (body: FunctionBody, scope: Scope, axis: number, from: Value<'i32'> | null): Entered => {
  const moved: { readonly local: Local<'i32'>; readonly coef: number }[] = []
  const movings = new Map(scope.movings)
  for (const [moving, value] of scope.movings) {
    const coef = moving.coefs[axis]
    if (coef === 0) continue
    const start = from === null ? value : i32.add(value, coef === 1 ? from : i32.mul(from, i32.const(coef)))
    const local = body.variable(start)
    movings.set(moving, local)
    moved.push({ local, coef })
  }
  return {
    movings,
    advance: (steps) => {
      for (const { local, coef } of moved) body.set(local, i32.add(local, i32.const(coef * steps)))
    },
  }
}
