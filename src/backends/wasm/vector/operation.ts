import type { Expr } from '../../../ir/expr.js'
import { FloatCode } from './floatCode.js'
import type { LaneCode, Lanes } from './lanes.js'
import { callAtEachPoint, corrected, type ScalarCalls } from './scalarCalls.js'
import { beyondForm, operandType, vectorForm } from './vectorForms.js'

type Apply = Extract<Expr, { op: 'apply' }>

/** The lanes of an operation's result, with the reference's meaning of it. */
export const operation = (code: LaneCode, calls: ScalarCalls, e: Apply, args: readonly Lanes[]): Lanes => {
  const dtype = operandType(e)
  const form = vectorForm(e)
  if (form === undefined) return callAtEachPoint(code, calls.ref(e), dtype, e.dtype, args)
  const result = form(code, args, e, dtype)
  const isBeyond = beyondForm(e)
  if (isBeyond === undefined) return result
  return corrected(
    code,
    result,
    isBeyond(new FloatCode(code, 'float32'), args[0], args[1]),
    calls.ref(e),
    args,
  )
}
