import type { DType, NumericTypedArray, TypedArray } from '../ir/dtype.js'
import type { AxisAndOptions, AxisOptions } from './options.js'
import type { Tensor, TensorLike } from './tensor.js'

/** Nested arrays of numbers, as `toArray` gives them. */
export type NestedArray = number | boolean | readonly NestedArray[]

/** A reduction's options: its axes (all by default; negative ones count from the end), and whether they stay with length one. */
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
 * The treatment of positions out of range, by JAX's names: `'clip'` takes the nearest element; `'wrap'` counts round;
 * `'fill'` (or `'drop'`, the same) reads `fillValue` and leaves writes out; `'promise_in_bounds'` says that there are none, and
 * nothing checks. Without a mode, positions whose values are known throw, and traced ones are clipped where they read and
 * dropped where they write; `debug.indices` makes these throw too.
 */
export type IndexMode = 'clip' | 'wrap' | 'fill' | 'drop' | 'promise_in_bounds'

/** The mode of writes. */
export type WriteOptions = { readonly mode?: IndexMode }

/** The mode of reads, and the value that `'fill'` reads outside: NaN by default, 0 for dtypes other than floats. */
export type OutsideOptions = WriteOptions & { readonly fillValue?: number }

/** Indexed updates: a new tensor with some elements changed, those named twice twice. */
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
  /** x + y, broadcast; of bools whether one is true. */
  add(y: TensorLike): Tensor
  /** x − y, broadcast. */
  sub(y: TensorLike): Tensor
  /** x · y, broadcast; of bools whether both are true. */
  mul(y: TensorLike): Tensor
  /** x / y, broadcast. Integers become float32. */
  div(y: TensorLike): Tensor
  /** x − ⌊x / y⌋·y, broadcast: the sign is that of y. */
  mod(y: TensorLike): Tensor
  /** x^y, broadcast. A whole JS number as exponent is a repeated product. */
  pow(y: TensorLike): Tensor
  /** The greater of x and y, broadcast; NaN where either is. */
  maximum(y: TensorLike): Tensor
  /** The lesser of x and y, broadcast; NaN where either is. */
  minimum(y: TensorLike): Tensor
  /** Where x = y, broadcast, as bools. */
  equal(y: TensorLike): Tensor
  /** Where x ≠ y, broadcast, as bools. */
  notEqual(y: TensorLike): Tensor
  /** Where x < y, broadcast, as bools. */
  less(y: TensorLike): Tensor
  /** Where x ≤ y, broadcast, as bools. */
  lessEqual(y: TensorLike): Tensor
  /** Where x > y, broadcast, as bools. */
  greater(y: TensorLike): Tensor
  /** Where x ≥ y, broadcast, as bools. */
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
  /** −x. */
  neg(): Tensor
  /** |x|; bools stay as they are. */
  abs(): Tensor
  /** −1, 0 or 1 by the sign of x. */
  sign(): Tensor
  /** The greatest whole number ≤ x. Integers stay as they are. */
  floor(): Tensor
  /** The least whole number ≥ x. Integers stay as they are. */
  ceil(): Tensor
  /** The nearest whole number, halves to the even one. Integers stay as they are. */
  round(): Tensor
  /** eˣ. Integers become float32. */
  exp(): Tensor
  /** Natural logarithm. Integers become float32. */
  log(): Tensor
  /** log(1 + x), exact near 0. Integers become float32. */
  log1p(): Tensor
  /** eˣ − 1, exact near 0. Integers become float32. */
  expm1(): Tensor
  /** √x. Integers become float32. */
  sqrt(): Tensor
  /** x². */
  square(): Tensor
  /** Sine of an angle in radians. Integers become float32. */
  sin(): Tensor
  /** Cosine of an angle in radians. Integers become float32. */
  cos(): Tensor
  /** Tangent of an angle in radians. Integers become float32. */
  tan(): Tensor
  /** Hyperbolic tangent. Integers become float32. */
  tanh(): Tensor
  /** 1/(1 + e^(−x)), without overflow. Integers become float32. */
  sigmoid(): Tensor
  /** Error function. Integers become float32. */
  erf(): Tensor
  /** 1 / x. Integers become float32. */
  reciprocal(): Tensor
  /** x, but at least `low` and at most `high`; `null` is no bound. */
  clip(low: TensorLike | null, high: TensorLike | null): Tensor
  /** Σ x over axes, all by default. Bools are counted, as int32. */
  sum(...options: AxisOptions<ReduceOptions>): Tensor
  /** Σ x / n over axes, all by default; NaN over nothing. Integers become float32. */
  mean(...options: AxisOptions<ReduceOptions>): Tensor
  /** Π x over axes, all by default. */
  prod(...options: AxisOptions<ReduceOptions>): Tensor
  /** Greatest element over axes, all by default; NaN wins. Equal ones share the derivative. @throws ShapeError over nothing */
  max(...options: AxisOptions<ReduceOptions>): Tensor
  /** Least element over axes, all by default; NaN wins. Equal ones share the derivative. @throws ShapeError over nothing */
  min(...options: AxisOptions<ReduceOptions>): Tensor
  /** Σ (x − mean)² / (n − ddof) over axes, all by default; ddof is 0. */
  var(...options: AxisOptions<ReduceOptions & { readonly ddof?: number }>): Tensor
  /** √var over axes, all by default. Its derivative is 0 where the variance is, as in PyTorch. */
  std(...options: AxisOptions<ReduceOptions & { readonly ddof?: number }>): Tensor
  /** Whether every element over axes is true (not 0); true over nothing. */
  all(...options: AxisOptions<ReduceOptions>): Tensor
  /** Whether some element over axes is true (not 0); false over nothing. */
  any(...options: AxisOptions<ReduceOptions>): Tensor
  /** Position of the greatest element along an axis (of x as a vector, without one), as int32; the first of equals. */
  argmax(...options: AxisOptions<{ readonly axis?: number; readonly keepdims?: boolean }>): Tensor
  /** Position of the least element along an axis (of x as a vector, without one), as int32; the first of equals. */
  argmin(...options: AxisOptions<{ readonly axis?: number; readonly keepdims?: boolean }>): Tensor
  /** Sums of the first 1, 2, … elements along an axis (of x as a vector, without one). */
  cumsum(...options: AxisOptions<{ readonly axis?: number }>): Tensor
  /** Products of the first 1, 2, … elements along an axis (of x as a vector, without one). */
  cumprod(...options: AxisOptions<{ readonly axis?: number }>): Tensor
  /** The same elements in another shape: `x.reshape([2, -1])`, `x.reshape(2, -1)`. */
  reshape(...shape: readonly [readonly number[]] | readonly number[]): Tensor
  /** One axis, row-major. */
  flatten(): Tensor
  /** Axes permuted; reversed by default. */
  transpose(...axes: readonly [axes?: readonly number[]] | readonly number[]): Tensor
  /** Axes reversed. */
  readonly T: Tensor
  /** x without axes of length one: all of them, or those named. @throws ShapeError where a named axis has another length */
  squeeze(...options: AxisOptions<{ readonly axis?: number | readonly number[] }>): Tensor
  /** x with axes of length one inserted, at these places of the result. */
  expandDims(...options: AxisAndOptions<{ readonly axis: number | readonly number[] }>): Tensor
  /** x repeated into a larger shape by numpy's rule. @throws ShapeError where it does not fit */
  broadcastTo(shape: number | readonly number[]): Tensor
  /** Matrix product over the last two axes, those before broadcast: [..., m, k] · [..., k, n] → [..., m, n]. */
  matmul(y: Tensor): Tensor
  /** numpy's dot: a product with a scalar, else Σ over the last axis of x and the last but one (or only) of y. */
  dot(y: Tensor): Tensor
  /** Basic and integer-array indexing, as numpy's brackets. */
  get(...index: readonly Index[]): Tensor
  /** `x.at(i).set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)`, `.get()`. */
  at(...index: readonly Index[]): At
  /** x with elements of another type. Floats truncate toward zero to integers, saturating, NaN → 0; numbers become `x ≠ 0` as bool. */
  astype(dtype: DType): Tensor

  /**
   * The one element, as a number (0 or 1 for bool). To `grad` and the other transforms that number is a constant: no
   * derivative passes through it. @throws ConcretizationError where it depends on an argument of `jit` or a mapped one of `vmap`
   */
  item(): number
  /** A copy of the elements in row-major order, once the device has them. */
  data(): Promise<TypedArray>
  /** A copy of the elements, now. @throws BackendError where the device cannot answer at once */
  dataSync(): TypedArray
  /** The elements as nested arrays. */
  toArray(): NestedArray
  /** As `toArray`, for `JSON.stringify`. */
  toJSON(): NestedArray
  /** The parts along the first axis: `for (const row of x)`, `const [a, b] = x`. A scalar has none. */
  [Symbol.iterator](): Iterator<Tensor>
  /** Type, shape and a fingerprint of the elements, by which deep comparisons tell tensors apart. @internal */
  readonly [Symbol.toStringTag]: string
  /** Type, shape and elements, as numpy prints them. */
  toString(): string
  /** Frees the storage now instead of at garbage collection; optional. The tensor throws on later use. */
  dispose(): void
  /** Text, or the one element. @throws ConcretizationError where JS would take a tracer for a number */
  [Symbol.toPrimitive](hint: string): number | string
}
