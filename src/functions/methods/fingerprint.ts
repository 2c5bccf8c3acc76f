import { Concrete, type Tensor } from '../../graph/tensor.js'
import { aval, formatAval } from '../../ir/aval.js'
import type { TypedArray } from '../../ir/dtype.js'
import { GradError } from '../../ir/errors.js'
import { formatElements } from './format.js'

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** Each step is one to one in `word`, so that a single difference is never lost. */
const mix = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, 0x85ebca6b)
  return Math.imul(product ^ (product >>> 15), 0xc2b2ae35)
}

/** 64 bits of the elements, the same for equal elements; NaN equals NaN. */
const fingerprint = (data: TypedArray): string => {
  let [a, b] = [1, 2]
  for (let i = 0; i < data.length; i++) {
    double[0] = Number.isNaN(data[i]) ? Number.NaN : data[i]
    a = mix(mix(a, words[0]), words[1])
    b = mix(mix(b, words[1]), words[0])
  }
  return `${(a >>> 0).toString(16)}:${(b >>> 0).toString(16)}`
}

let unread = 0

/**
 * The tag that `Object.prototype.toString` shows: type, printed elements, and their fingerprint, by which test runners and
 * `node:assert` tell tensors apart. Tensors that can't be read differ from all others. @internal
 */
export const tagOf = (x: Tensor): string => {
  const type = `Tensor ${formatAval(aval(x.shape, x.dtype))}`
  try {
    if (x instanceof Concrete) {
      const data = x.read()
      return `${type} ${formatElements(data, x.shape, x.dtype)} ${fingerprint(data)}`
    }
  } catch (error) {
    if (!(error instanceof GradError)) throw error
  }
  return `${type} #${unread++}`
}
