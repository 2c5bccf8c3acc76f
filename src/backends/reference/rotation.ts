import type { Expr } from '../../ir/expr.js'
import type { ElementLoop } from './elementLoops.js'

/** An operand whose bits are turned left by a fixed number of places. */
export type Rotation = { readonly operand: Expr; readonly places: number }

const shiftOf = (expr: Expr, fn: 'shiftLeft' | 'shiftRightLogical'): Rotation | null => {
  if (expr.op !== 'apply' || expr.fn !== fn) return null
  const [operand, amount] = expr.args
  return amount.op === 'const' ? { operand, places: amount.value } : null
}

/**
 * Sees `x << c | x >>> (32 − c)` on uint32 as one operation: half of the work of a counter-based random
 * generator is in such turns, and as three loops they would take three times as long.
 */
export const rotationOf = (expr: Expr): Rotation | null => {
  if (expr.op !== 'apply' || expr.fn !== 'or' || expr.dtype !== 'uint32') return null
  const [a, b] = expr.args
  const left = shiftOf(a, 'shiftLeft') ?? shiftOf(b, 'shiftLeft')
  const right = shiftOf(b, 'shiftRightLogical') ?? shiftOf(a, 'shiftRightLogical')
  const isTurn = left !== null && left.operand === right?.operand && left.places + right.places === 32
  return isTurn && left.places > 0 && right.places > 0 ? left : null
}

export const rotationLoop = (places: number): ElementLoop => {
  const rest = 32 - places
  return (n, { data: y, at: o }, { data: a, at: i }) => {
    for (let k = 0; k < n; k++) y[o + k] = (a[i + k] << places) | (a[i + k] >>> rest)
  }
}
