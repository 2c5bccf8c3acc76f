import { concretize } from '../graph/concretize.js'
import { Concrete, Tensor, type TensorLike, Tracer } from '../graph/tensor.js'
import type { TensorMethods } from '../graph/tensorMethods.js'
import { formatAval } from '../ir/aval.js'
import { ConcretizationError, ShapeError } from '../ir/errors.js'
import { sigmoid } from '../ops/elementwise/exp.js'
import { tagOf } from './methods/fingerprint.js'
import { formatTensor, toNested } from './methods/format.js'
import { rowsOf } from './methods/rows.js'
import * as np from './numpy.js'

/** The one element of a concrete tensor. */
const itemOf = (x: Tensor): number => {
  if (x.size !== 1) {
    throw new ShapeError(
      `item: one element is required, got ${formatAval(x.aval)}. Use toArray, or add, mul, … instead of JS operators.`,
    )
  }
  return concretize(x).read()[0]
}

function iterate(this: Tensor): Iterator<Tensor> {
  return rowsOf(this)
}

/** Numbers given as a list or as arguments. */
const listed = (given: readonly unknown[]): readonly number[] =>
  (Array.isArray(given[0]) ? given[0] : given) as readonly number[]

type Unary = (x: TensorLike) => Tensor
type Binary = (x: TensorLike, y: TensorLike) => Tensor

/** A function of a tensor as a method. */
const unary = (f: Unary) =>
  function (this: Tensor): Tensor {
    return f(this)
  }

const binary = (f: Binary) =>
  function (this: Tensor, y: TensorLike): Tensor {
    return f(this, y)
  }

/** A function of a tensor and options as a method. */
const withOptions = <O extends readonly unknown[]>(f: (x: Tensor, ...options: O) => Tensor) =>
  function (this: Tensor, ...options: O): Tensor {
    return f(this, ...options)
  }

const methods: TensorMethods & ThisType<Tensor> = {
  add: binary(np.add),
  sub: binary(np.sub),
  mul: binary(np.mul),
  div: binary(np.div),
  mod: binary(np.mod),
  pow: binary(np.pow),
  maximum: binary(np.maximum),
  minimum: binary(np.minimum),
  equal: binary(np.equal),
  notEqual: binary(np.notEqual),
  less: binary(np.less),
  lessEqual: binary(np.lessEqual),
  greater: binary(np.greater),
  greaterEqual: binary(np.greaterEqual),
  eq: binary(np.equal),
  ne: binary(np.notEqual),
  lt: binary(np.less),
  le: binary(np.lessEqual),
  gt: binary(np.greater),
  ge: binary(np.greaterEqual),
  neg: unary(np.neg),
  abs: unary(np.abs),
  sign: unary(np.sign),
  floor: unary(np.floor),
  ceil: unary(np.ceil),
  round: unary(np.round),
  exp: unary(np.exp),
  log: unary(np.log),
  log1p: unary(np.log1p),
  expm1: unary(np.expm1),
  sqrt: unary(np.sqrt),
  square: unary(np.square),
  sin: unary(np.sin),
  cos: unary(np.cos),
  tan: unary(np.tan),
  tanh: unary(np.tanh),
  sigmoid: unary(sigmoid),
  erf: unary(np.erf),
  reciprocal: unary(np.reciprocal),
  clip(low, high) {
    return np.clip(this, low, high)
  },
  sum: withOptions(np.sum),
  mean: withOptions(np.mean),
  prod: withOptions(np.prod),
  max: withOptions(np.max),
  min: withOptions(np.min),
  var: withOptions(np.var),
  std: withOptions(np.std),
  all: withOptions(np.all),
  any: withOptions(np.any),
  argmax: withOptions(np.argmax),
  argmin: withOptions(np.argmin),
  cumsum: withOptions(np.cumsum),
  cumprod: withOptions(np.cumprod),
  reshape(...shape) {
    return np.reshape(this, listed(shape))
  },
  flatten() {
    return np.ravel(this)
  },
  transpose(...axes) {
    return np.transpose(this, axes.length === 0 || axes[0] === undefined ? undefined : listed(axes))
  },
  get T() {
    return np.transpose(this)
  },
  squeeze: withOptions(np.squeeze),
  expandDims: withOptions(np.expandDims),
  broadcastTo(shape) {
    return np.broadcastTo(this, shape)
  },
  matmul(y) {
    return np.matmul(this, y)
  },
  dot(y) {
    return np.dot(this, y)
  },
  get(...index) {
    return np.get(this, ...index)
  },
  at(...index) {
    return np.at(this, ...index)
  },
  astype(dtype) {
    return np.astype(this, dtype)
  },
  item() {
    return itemOf(this)
  },
  async data() {
    return concretize(this).readOwnAsync()
  },
  dataSync() {
    return concretize(this).readOwn()
  },
  toArray() {
    return toNested(concretize(this).read(), this.shape, this.dtype)
  },
  toJSON() {
    return this.toArray()
  },
  // deep comparisons take a scalar for a value, not for a list of nothing
  get [Symbol.iterator]() {
    return (this.ndim === 0 ? undefined : iterate) as typeof iterate
  },
  get [Symbol.toStringTag]() {
    return tagOf(this)
  },
  toString() {
    return formatTensor(this)
  },
  dispose() {
    if (this instanceof Concrete) this.release('disposed', true)
  },
  [Symbol.toPrimitive](hint) {
    if (hint === 'string') return formatTensor(this)
    if (this instanceof Tracer)
      throw new ConcretizationError(
        `number: a tensor with a value is required by JS operators and Math, got ${formatTensor(this)}. Use x.mul(y), np.sin(x), …; x.item() where a constant is meant.`,
      )
    return itemOf(this)
  },
}

/** Gives tensors their methods, and a readable form in Node's console. @internal */
export const installMethods = (): void => {
  const inspect = {
    [Symbol.for('nodejs.util.inspect.custom')](this: Tensor) {
      return formatTensor(this)
    },
  }
  for (const source of [methods, inspect]) {
    for (const [key, descriptor] of ownDescriptors(source)) {
      Object.defineProperty(Tensor.prototype, key, { ...descriptor, enumerable: false, configurable: true })
    }
  }
}

const ownDescriptors = (source: object): readonly (readonly [PropertyKey, PropertyDescriptor])[] =>
  Reflect.ownKeys(source).flatMap((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(source, key)
    return descriptor === undefined ? [] : [[key, descriptor] as const]
  })
