import { type DType, isFloat } from '../../src/ir/dtype.js'
import { formatPlain, type Plain } from './plain.js'

/** A law that does not hold; the message says what was required and what was got. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** Distance from 1 to the next number. */
export const epsilon = (dtype: DType): number =>
  dtype === 'float64' ? 2 ** -52 : dtype === 'float32' ? 2 ** -23 : 0

/** The least number of full precision. */
const smallestNormal = (dtype: DType): number => (dtype === 'float64' ? 2 ** -1022 : 2 ** -126)

const sameForm = (name: string, got: Plain, want: Plain): void => {
  if (
    got.dtype === want.dtype &&
    got.shape.join() === want.shape.join() &&
    got.data.length === want.data.length
  )
    return
  throw new Violation(`${name}: ${formatPlain(want)} is required, got ${formatPlain(got)}`)
}

/** NaN is NaN; −0 is not 0. */
export const requireIdentical = (name: string, got: Plain, want: Plain): void => {
  sameForm(name, got, want)
  const at = got.data.findIndex((x, i) => !Object.is(x, want.data[i]))
  if (at >= 0)
    throw new Violation(`${name}: ${formatPlain(want)} is required, got ${formatPlain(got)}, at ${at}`)
}

/** Whether infinities and NaN agree; then only finite pairs are left to compare. */
const sameKind = (a: number, b: number): boolean =>
  Number.isFinite(a) && Number.isFinite(b) ? true : Object.is(a, b)

/**
 * Elements within `ulps` of what is required, measured on each element's own scale (its magnitude, unless
 * `scale` gives larger ones). Integers and bools exactly. Returns the largest relative error.
 */
export const requireWithin = (
  name: string,
  got: Plain,
  want: Plain,
  ulps: number,
  scale: readonly number[] = want.data,
): number => {
  sameForm(name, got, want)
  let worst = 0
  got.data.forEach((x, i) => {
    const y = want.data[i]
    const size = Math.max(Math.abs(scale[i]), Math.abs(y), smallestNormal(want.dtype))
    const error = x === y || (Number.isNaN(x) && Number.isNaN(y)) ? 0 : Math.abs(x - y) / size
    const fits = isFloat(want.dtype) ? sameKind(x, y) && error <= ulps * epsilon(want.dtype) : Object.is(x, y)
    if (!fits)
      throw new Violation(
        `${name}: ${formatPlain(want)} is required to ${ulps} ULP, got ${formatPlain(got)}, ${error} off at ${i}`,
      )
    worst = Math.max(worst, error)
  })
  return worst
}

/** The largest magnitude of finite elements. */
export const norm = (xs: readonly (readonly number[])[]): number =>
  xs.flat().reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0)

/** Arrays equal up to `tolerance` of (1 + the largest magnitude, or `scale`). Returns the relative error. */
export const requireNear = (
  name: string,
  got: readonly Plain[],
  want: readonly Plain[],
  tolerance: number,
  scale = norm(want.map((x) => x.data)),
): number => {
  let worst = 0
  want.forEach((w, k) => {
    sameForm(name, got[k], w)
    got[k].data.forEach((x, i) => {
      const y = w.data[i]
      const error = x === y || (Number.isNaN(x) && Number.isNaN(y)) ? 0 : Math.abs(x - y) / (1 + scale)
      const fits = isFloat(w.dtype) ? sameKind(x, y) && error <= tolerance : Object.is(x, y)
      if (!fits)
        throw new Violation(
          `${name}: ${formatPlain(w)} is required to ${tolerance} of 1 + ${scale}, got ${formatPlain(got[k])}, at ${i}`,
        )
      worst = Math.max(worst, error)
    })
  })
  return worst
}
