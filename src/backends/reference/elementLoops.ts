import { type DType, isFloat, isInteger, type TypedArray } from '../../ir/dtype.js'
import type { ScalarOp } from '../../ir/expr.js'
import { scalarOp } from '../../ir/scalar.js'
import { float32Loops } from './float32Loops.js'
import type { Lane } from './lane.js'
import { uint32Loops } from './uint32Loops.js'

/**
 * Applies an operation at `count` points; lanes beyond its arity are not read. `out` may be one of the
 * operands, at the same place.
 */
export type ElementLoop = (count: number, out: Lane, a: Lane, b: Lane, c: Lane) => void

/** Any operation, by a call a point. */
const general = (fn: ScalarOp, arity: number, operand: DType, result: DType): ElementLoop => {
  const f = scalarOp(fn, operand, result)
  if (arity === 1) {
    return (n, { data: y, at: o }, { data: a, at: i }) => {
      for (let k = 0; k < n; k++) y[o + k] = f(a[i + k], 0, 0)
    }
  }
  if (arity === 2) {
    return (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }) => {
      for (let k = 0; k < n; k++) y[o + k] = f(a[i + k], b[j + k], 0)
    }
  }
  return (n, { data: y, at: o }, { data: a, at: i }, { data: b, at: j }, { data: c, at: l }) => {
    for (let k = 0; k < n; k++) y[o + k] = f(a[i + k], b[j + k], c[l + k])
  }
}

/** A conversion that typed arrays make by themselves when one is copied into another. */
const copy: ElementLoop = (n, out, a) => out.data.set(a.data.subarray(a.at, a.at + n), out.at)

/** The same bytes under another type; numbers on the way could lose a NaN's payload. */
const reinterpretAs = (
  view: (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray,
): ElementLoop => {
  return (n, out, a) => out.data.set(view(a.data.buffer, a.data.byteOffset + 4 * a.at, n), out.at)
}

const reinterpretations: { readonly [dtype in DType]?: ElementLoop } = {
  float32: reinterpretAs((buffer, offset, length) => new Float32Array(buffer, offset, length)),
  int32: reinterpretAs((buffer, offset, length) => new Int32Array(buffer, offset, length)),
  uint32: reinterpretAs((buffer, offset, length) => new Uint32Array(buffer, offset, length)),
}

const fastLoop = (fn: ScalarOp, operand: DType, result: DType): ElementLoop | undefined => {
  if (fn === 'convert') {
    const native = isFloat(result) || operand === result || (isInteger(result) && !isFloat(operand))
    return native ? copy : undefined
  }
  if (fn === 'bitcast')
    return operand === 'float64' || operand === 'bool' ? undefined : reinterpretations[result]
  return operand === 'float32' ? float32Loops[fn] : operand === 'uint32' ? uint32Loops[fn] : undefined
}

/** The loop for an operation on `operand`s (of `select`: its branches) that stores `result`s. */
export const elementLoop = (fn: ScalarOp, arity: number, operand: DType, result: DType): ElementLoop =>
  fastLoop(fn, operand, result) ?? general(fn, arity, operand, result)
