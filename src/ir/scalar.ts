import { type DType, isFloat, storedValue } from './dtype.js'
import { internal } from './errors.js'
import type { ScalarOp } from './expr.js'
import { type ScalarFunction, scalarFunctions } from './scalarFunctions.js'

/** Floats to integers truncate toward zero and saturate, NaN to 0; integers to integers wrap. */
const conversion = (from: DType, to: DType): ScalarFunction => {
  if (isFloat(from) && to === 'int32') return (x) => Math.min(Math.max(x, -0x80000000), 0x7fffffff) | 0
  if (isFloat(from) && to === 'uint32') return (x) => Math.min(Math.max(x, 0), 0xffffffff) >>> 0
  return (x) => storedValue(to, x)
}

const word = new DataView(new ArrayBuffer(4))

const bitPattern: {
  readonly [dtype in DType]?: { readonly read: () => number; readonly write: (x: number) => void }
} = {
  float32: { read: () => word.getFloat32(0), write: (x) => word.setFloat32(0, x) },
  int32: { read: () => word.getInt32(0), write: (x) => word.setInt32(0, x) },
  uint32: { read: () => word.getUint32(0), write: (x) => word.setUint32(0, x) },
}

const reinterpretation = (from: DType, to: DType): ScalarFunction => {
  const source = bitPattern[from]
  const target = bitPattern[to]
  if (from === to) return (x) => x
  if (!source || !target) throw internal(`bitcast: types of 32 bits are required, got ${from} to ${to}.`)
  return (x) => {
    source.write(x)
    return target.read()
  }
}

/**
 * The meaning of `fn` on numbers stored as `operand` (for `select`: the branches' dtype), with a result stored as
 * `result`. Float32 is computed in double precision and rounded once.
 */
export const scalarOp = (fn: ScalarOp, operand: DType, result: DType): ScalarFunction => {
  if (fn === 'convert') return conversion(operand, result)
  if (fn === 'bitcast') return reinterpretation(operand, result)
  const row = scalarFunctions[fn]
  const f = row.any ?? row[operand === 'float32' || operand === 'float64' ? 'float' : operand]
  if (!f) throw internal(`scalarOp: ${fn} has no meaning on ${operand}.`)
  const isRounded = operand === 'float32' && !row.exact && !row.gives
  return isRounded ? (a, b, c) => Math.fround(f(a, b, c)) : f
}
