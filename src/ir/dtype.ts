import { DTypeError } from './errors.js'

/** Element types. `float64` exists on the reference and WebAssembly backends only. */
export type DType = 'float32' | 'float64' | 'int32' | 'uint32' | 'bool'

export const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'uint32', 'bool']

/** Host storage of a tensor's elements; `bool` is one byte an element, 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** Typed arrays whose elements are JS numbers: where a tensor is meant, they are one of one axis. */
export type NumericTypedArray = TypedArray | Int8Array | Uint8ClampedArray | Int16Array | Uint16Array

const shortNames: Record<DType, string> = {
  float32: 'f32',
  float64: 'f64',
  int32: 'i32',
  uint32: 'u32',
  bool: 'bool',
}

export const shortName = (dtype: DType): string => shortNames[dtype]

export const isFloat = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64'

export const isInteger = (dtype: DType): boolean => dtype === 'int32' || dtype === 'uint32'

export const byteSize = (dtype: DType): number => (dtype === 'float64' ? 8 : dtype === 'bool' ? 1 : 4)

/** A zero-filled array of `size` elements. */
export const allocate = (dtype: DType, size: number): TypedArray => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size)
    case 'float64':
      return new Float64Array(size)
    case 'int32':
      return new Int32Array(size)
    case 'uint32':
      return new Uint32Array(size)
    case 'bool':
      return new Uint8Array(size)
  }
}

/**
 * The value that `dtype` stores for a JS number: whole ones within ±2³² wrap, others are rounded or truncated.
 * `scalarOp('convert')` converts numbers whose dtype is known.
 */
export const storedValue = (dtype: DType, value: number): number => {
  switch (dtype) {
    case 'float32':
      return Math.fround(value)
    case 'float64':
      return value
    case 'int32':
      return toInt32(value)
    case 'uint32':
      return toUint32(value)
    case 'bool':
      return value !== 0 ? 1 : 0
  }
}

/** The value that `dtype` stores for a JS number, cut to a whole one for integers. @throws DTypeError where that is out of range */
export const fittedValue = (name: string, dtype: DType, value: number): number => {
  const whole = Math.trunc(value)
  const least = dtype === 'int32' ? -(2 ** 31) : 0
  if (isInteger(dtype) && !(whole >= least && whole < least + 2 ** 32))
    throw new DTypeError(
      `${name}: a number that ${dtype} holds is required, got ${value}. Choose another dtype.`,
    )
  return storedValue(dtype, value)
}

/** Whole numbers within ±2³² wrap; others truncate toward zero (never to −0) and saturate; NaN becomes 0. */
const toInt32 = (value: number): number => {
  if (Number.isInteger(value) && Math.abs(value) <= 0xffffffff) return value | 0
  if (Number.isNaN(value)) return 0
  return value >= 2147483647 ? 2147483647 : value <= -2147483648 ? -2147483648 : Math.trunc(value) + 0
}

/** Whole numbers within ±2³² wrap; others truncate toward zero and saturate; NaN becomes 0. */
const toUint32 = (value: number): number => {
  if (Number.isInteger(value) && Math.abs(value) <= 0xffffffff) return value >>> 0
  if (Number.isNaN(value)) return 0
  return value >= 4294967295 ? 4294967295 : value <= 0 ? 0 : Math.trunc(value)
}

/**
 * Kinds of JS numbers: whole ones that both integer types hold, int32 alone, uint32 alone, or neither; and all others.
 * They decide the type of a number beside integers.
 */
export type NumberKind = 'natural' | 'negative' | 'unsigned' | 'huge' | 'fraction'

/**
 * How much a type yields to others. `true`: it came from JS numbers alone. The kind of a number: nothing was computed
 * with it yet, and it is whatever type is asked for; it is kept as float64, so that no digit is lost.
 */
export type Weakness = boolean | NumberKind

const holders: Record<NumberKind, readonly DType[]> = {
  natural: ['int32', 'uint32'],
  negative: ['int32'],
  unsigned: ['uint32'],
  huge: [],
  fraction: [],
}

export const numberKind = (value: number): NumberKind =>
  !Number.isInteger(value)
    ? 'fraction'
    : value < 0
      ? value >= -(2 ** 31)
        ? 'negative'
        : 'huge'
      : value < 2 ** 31
        ? 'natural'
        : value < 2 ** 32
          ? 'unsigned'
          : 'huge'

/** Whether a type may hold numbers of a kind: integers cut fractions, floats round. */
export const holdsKind = (dtype: DType, kind: NumberKind): boolean =>
  !isInteger(dtype) || kind === 'fraction' || holders[kind].includes(dtype)

/** The type of a number of a kind where there is no float64, and beside integers. */
export const narrowType = (kind: NumberKind): DType => holders[kind][0] ?? 'float32'

const joinKinds = (a: NumberKind, b: NumberKind): NumberKind =>
  a === b || b === 'natural'
    ? a
    : a === 'natural'
      ? b
      : a === 'fraction' || b === 'fraction'
        ? 'fraction'
        : 'huge'

const isKind = (weakType: Weakness): weakType is NumberKind => typeof weakType === 'string'

/** The weakness of a result of several operands. */
export const weakest = (operands: readonly { readonly weakType: Weakness }[]): Weakness =>
  operands
    .map((o) => o.weakType)
    .reduce((a, b) => (isKind(a) && isKind(b) ? joinKinds(a, b) : a !== false && b !== false))

/** The common type of values that stand in one place: JS numbers alone stay numbers, of a kind that all of them are of. */
export const commonType = (values: readonly Promotable[]): Promotable =>
  values.every((v) => isKind(v.weakType))
    ? { dtype: 'float64', weakType: weakest(values) }
    : promoteTypes(values)

/** An operand as promotion sees it. */
export type Promotable = { readonly dtype: DType; readonly weakType: Weakness }

const category = (dtype: DType): number => (dtype === 'bool' ? 0 : isInteger(dtype) ? 1 : 2)

const join = (a: DType, b: DType): DType => {
  if (a === b) return a
  if (category(a) !== category(b)) return category(a) > category(b) ? a : b
  return category(a) === 2 ? 'float64' : 'int32'
}

/**
 * The common type of several operands: JAX's lattice with 64-bit integers switched off
 * (`uint32` with `int32` gives `int32`). A weak operand raises the category (bool < int < float)
 * but never the width of a strong one. JS numbers do, too: whole ones are weak integers beside tensors, all others
 * (and numbers alone) weak float32.
 * @see https://docs.jax.dev/en/latest/jep/9407-type-promotion.html
 */
export const promoteTypes = (operands: readonly Promotable[]): Promotable => {
  if (operands.length === 0) throw new DTypeError('promoteTypes: at least one operand is required, got none.')
  const fixed = operands.filter((o) => !isKind(o.weakType))
  if (fixed.length < operands.length) {
    const whole = operands.every((o) => o.weakType !== 'fraction')
    const asOne = { dtype: whole && fixed.length > 0 ? 'int32' : 'float32', weakType: true } as const
    return promoteTypes([...fixed, asOne])
  }
  const top = Math.max(...operands.map((o) => category(o.dtype)))
  const inTop = operands.filter((o) => category(o.dtype) === top)
  const strong = inTop.filter((o) => !o.weakType)
  const deciding = strong.length > 0 ? strong : inTop
  return { dtype: deciding.map((o) => o.dtype).reduce(join), weakType: strong.length === 0 }
}
