import type { Expr } from '../../../ir/expr.js'
import type { LaneCode, Lanes } from '../vector/lanes.js'
import { areOrdinary, ofOrdinary } from '../vector/math/exponential.js'
import type { Evaluator } from './evaluator.js'
import { type Scope, within } from './scope.js'

type Faster = {
  readonly e: Expr
  readonly x: Expr
  readonly write: (code: LaneCode, x: Lanes) => Lanes
}

/** The functions left to evaluate that are faster on ordinary numbers, and whose arguments contain none of them. */
const fasterOf = ({ values }: Scope, nodes: readonly Expr[]): readonly Faster[] => {
  const made = new Set<Expr>()
  return nodes.flatMap((e) => {
    if (e.op !== 'apply' || values.has(e)) return []
    const write = e.dtype === 'float32' ? ofOrdinary[e.fn] : undefined
    const isFirst = !e.args.some((a) => made.has(a))
    if (write !== undefined || !isFirst) made.add(e)
    return write !== undefined && isFirst ? [{ e, x: e.args[0], write }] : []
  })
}

/**
 * Writes the nodes that are left at the points of a scope: where they are several registers and have functions that are
 * faster on ordinary numbers, in two ways, one of which is chosen by looking at all the numbers at once.
 */
export const whereOrdinary = (
  evaluator: Evaluator,
  scope: Scope,
  nodes: readonly Expr[],
  write: (scope: Scope) => void,
): void => {
  const faster = scope.width > 1 ? fasterOf(scope, nodes) : []
  if (faster.length === 0) {
    write(scope)
    return
  }
  const { code } = evaluator
  const args = evaluator.values(
    scope,
    faster.map(({ x }) => x),
  )
  const ordinary = within(scope, {})
  code.body.if(
    areOrdinary(code, args),
    () => {
      faster.forEach((own, i) => {
        ordinary.values.set(own.e, own.write(code, args[i]))
      })
      write(ordinary)
    },
    () => write(within(scope, {})),
  )
}
