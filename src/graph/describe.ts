import { formatAval } from '../ir/aval.js'
import { Tensor } from './tensor.js'

/** A description of an argument, for the message that refuses it. */
export const describe = (x: unknown): string => {
  if (x instanceof Tensor) return formatAval(x.aval)
  if (typeof x === 'function') return 'a function'
  if (typeof x === 'string') return `'${x}'`
  if (typeof x !== 'object' || x === null) return String(x)
  return Array.isArray(x) ? 'an array' : 'an object'
}
