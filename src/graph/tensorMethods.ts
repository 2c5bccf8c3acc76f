import type { DType, NumericTypedArray, TypedArray } from '../ir/dtype.js'
import type { AxisAndOptions, AxisOptions } from './options.js'
import type { Tensor, TensorLike } from './tensor.js'

/** Nested arrays of numbers, as `toArray` gives them. */
export type NestedArray = number | boolean | readonly NestedArray[]

/** A reduction's options: which axes (all by default; negative ones count from the end), and whether they stay with length one. */
export type ReduceOptions = { readonly axis?: number | readonly number[] | null; readonly keepdims?: boolean }

/** One index: a position, a range, a new axis (`null`), an integer array, or a boolean mask. */
export type Index =
  | number
  | null
  | '...'
  | ':'
  | { readonly start?: number; readonly stop?: number; readonly step?: number }
  | Tensor
  | NumericTypedArray
  | readonly number[]
  | readonly boolean[]

/**
 * What becomes of positions out of range, by JAX's names: `'clip'` takes the nearest element; `'wrap'` counts round again;
 * `'fill'` (or `'drop'`, the same) reads `fillValue` and leaves writes out; `'promise_in_bounds'` says that there are none, and
 * nobody looks. Without a mode, positions whose values are known throw, and traced ones are clipped where they read and
 * dropped where they write; `debug.indices` makes these throw too.
 */
export type IndexMode = 'clip' | 'wrap' | 'fill' | 'drop' | 'promise_in_bounds'

/** The mode of writes. */
export type WriteOptions = { readonly mode?: IndexMode }

/** The mode of reads, and what `'fill'` gives outside: NaN by default, 0 for other than floats. */
export type OutsideOptions = WriteOptions & { readonly fillValue?: number }

/** Indexed updates: a new tensor with some elements changed; those named twice, twice. */
export interface At {
  /** Elements at the index replaced, by the last value for each. */
  set(values: TensorLike, options?: WriteOptions): Tensor
  /** Elements at the index increased. */
  add(values: TensorLike, options?: WriteOptions): Tensor
  /** Elements at the index multiplied. */
  mul(values: TensorLike, options?: WriteOptions): Tensor
  /** Elements at the index lowered to the values where those are less. */
  min(values: TensorLike, options?: WriteOptions): Tensor
  /** Elements at the index raised to the values where those are greater. */
  max(values: TensorLike, options?: WriteOptions): Tensor
  /** Elements at the index. */
  get(options?: OutsideOptions): Tensor
}

/** Every method of a tensor; each is the function of the same name in `np` applied to it. Comparisons have PyTorch's short names too. */
export interface TensorMethods {
  add(y: TensorLike): Tensor
  sub(y: TensorLike): Tensor
  mul(y: TensorLike): Tensor
  div(y: TensorLike): Tensor
  mod(y: TensorLike): Tensor
  pow(y: TensorLike): Tensor
  maximum(y: TensorLike): Tensor
  minimum(y: TensorLike): Tensor
  equal(y: TensorLike): Tensor
  notEqual(y: TensorLike): Tensor
  less(y: TensorLike): Tensor
  lessEqual(y: TensorLike): Tensor
  greater(y: TensorLike): Tensor
  greaterEqual(y: TensorLike): Tensor
  /** As `equal`. */
  eq(y: TensorLike): Tensor
  /** As `notEqual`. */
  ne(y: TensorLike): Tensor
  /** As `less`. */
  lt(y: TensorLike): Tensor
  /** As `lessEqual`. */
  le(y: TensorLike): Tensor
  /** As `greater`. */
  gt(y: TensorLike): Tensor
  /** As `greaterEqual`. */
  ge(y: TensorLike): Tensor
  neg(): Tensor
  abs(): Tensor
  sign(): Tensor
  floor(): Tensor
  ceil(): Tensor
  round(): Tensor
  exp(): Tensor
  log(): Tensor
  log1p(): Tensor
  expm1(): Tensor
  sqrt(): Tensor
  square(): Tensor
  sin(): Tensor
  cos(): Tensor
  tan(): Tensor
  tanh(): Tensor
  sigmoid(): Tensor
  erf(): Tensor
  reciprocal(): Tensor
  clip(low: TensorLike | null, high: TensorLike | null): Tensor
  sum(...options: AxisOptions<ReduceOptions>): Tensor
  mean(...options: AxisOptions<ReduceOptions>): Tensor
  prod(...options: AxisOptions<ReduceOptions>): Tensor
  max(...options: AxisOptions<ReduceOptions>): Tensor
  min(...options: AxisOptions<ReduceOptions>): Tensor
  var(...options: AxisOptions<ReduceOptions & { readonly ddof?: number }>): Tensor
  std(...options: AxisOptions<ReduceOptions & { readonly ddof?: number }>): Tensor
  all(...options: AxisOptions<ReduceOptions>): Tensor
  any(...options: AxisOptions<ReduceOptions>): Tensor
  argmax(...options: AxisOptions<{ readonly axis?: number; readonly keepdims?: boolean }>): Tensor
  argmin(...options: AxisOptions<{ readonly axis?: number; readonly keepdims?: boolean }>): Tensor
  cumsum(...options: AxisOptions<{ readonly axis?: number }>): Tensor
  cumprod(...options: AxisOptions<{ readonly axis?: number }>): Tensor
  /** The same elements in another shape: `x.reshape([2, -1])`, `x.reshape(2, -1)`. */
  reshape(...shape: readonly [readonly number[]] | readonly number[]): Tensor
  /** One axis, row-major. */
  flatten(): Tensor
  /** Axes permuted; reversed by default. */
  transpose(...axes: readonly [axes?: readonly number[]] | readonly number[]): Tensor
  /** Axes reversed. */
  readonly T: Tensor
  squeeze(...options: AxisOptions<{ readonly axis?: number | readonly number[] }>): Tensor
  expandDims(...options: AxisAndOptions<{ readonly axis: number | readonly number[] }>): Tensor
  broadcastTo(shape: number | readonly number[]): Tensor
  matmul(y: Tensor): Tensor
  dot(y: Tensor): Tensor
  /** Basic and integer-array indexing, as numpy's brackets. */
  get(...index: readonly Index[]): Tensor
  /** `x.at(i).set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)`, `.get()`. */
  at(...index: readonly Index[]): At
  astype(dtype: DType): Tensor

  /**
   * The one element, as a number (0 or 1 for bool). To `grad` and the other transforms that number is a constant: nothing
   * is differentiated by way of it. @throws ConcretizationError where it depends on an argument of `jit` or a mapped one of `vmap`
   */
  item(): number
  /** A copy of the elements in row-major order, once the device has them. */
  data(): Promise<TypedArray>
  /** A copy of the elements, now. @throws BackendError where the device cannot answer at once */
  dataSync(): TypedArray
  /** The elements as nested arrays. */
  toArray(): NestedArray
  /** As `toArray`: what `JSON.stringify` writes. */
  toJSON(): NestedArray
  /** The parts along the first axis: `for (const row of x)`, `const [a, b] = x`. A scalar has none. */
  [Symbol.iterator](): Iterator<Tensor>
  /** Type, shape and a fingerprint of the elements, by which deep comparisons tell tensors apart. @internal */
  readonly [Symbol.toStringTag]: string
  toString(): string
  /** Frees the storage now instead of at garbage collection; optional. The tensor throws on later use. */
  dispose(): void
  /** Text, or the one element. @throws ConcretizationError where JS would take a tracer for a number */
  [Symbol.toPrimitive](hint: string): number | string
}
