import { GradError } from '../ir/errors.js'
import { describe } from './describe.js'
import { Tensor } from './tensor.js'

/** The words of a text: those of `'a b'` are `'a' | 'b'`. */
type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S

type KeysOf<O> = O extends unknown ? keyof O : never

/** `Names`, if they are exactly the options of `O`; otherwise a type that no text has. */
type Every<O, Names extends string> = [KeysOf<O>] extends [Words<Names>]
  ? [Words<Names>] extends [KeysOf<O>]
    ? Names
    : { readonly unknown: Exclude<Words<Names>, KeysOf<O>> }
  : { readonly missing: Exclude<KeysOf<O>, Words<Names>> }

type WithAxis = { readonly axis?: unknown }

/** An axis by itself, or as one of the options, or before them: `0`, `{ axis: 0, keepdims: true }`, `0, { keepdims: true }`. */
export type AxisOptions<O extends WithAxis> = [axis?: O['axis'] | O, options?: Omit<O, 'axis'>]

/** As `AxisOptions`, where an axis is required. */
export type AxisAndOptions<O extends WithAxis> = [axis: O['axis'] | O, options?: Omit<O, 'axis'>]

const isRecord = (x: unknown): x is object =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !(x instanceof Tensor)

/** The number of letters that two names share at both ends, if they are at least two and half of the shorter name; else 0. */
const likeness = (a: string, b: string): number => {
  const shortest = Math.min(a.length, b.length)
  let start = 0
  let end = 0
  while (start < shortest && a[start] === b[start]) start++
  while (end < shortest && a.at(-1 - end) === b.at(-1 - end)) end++
  return start + end < Math.max(2, shortest / 2) ? 0 : start + end
}

const check = (operation: string, names: string, given: unknown): object => {
  if (given === undefined) return {}
  const known = names.split(' ')
  const fail = (got: string, fix = '') =>
    new GradError(
      `${operation}: ${names === '' ? 'no options' : `options among ${known.join(', ')}`} are required, got ${got}.${fix}`,
    )
  if (!isRecord(given)) throw fail(describe(given))
  for (const key in given) {
    if (known.includes(key)) continue
    const alike = known.map((name) => likeness(name.toLowerCase(), key.toLowerCase()))
    const most = Math.max(...alike)
    throw fail(key, most > 0 ? ` Did you mean ${known[alike.indexOf(most)]}?` : '')
  }
  return given
}

/**
 * A function's options, `{}` if it got none. Types refuse unknown options; this refuses them for callers without types.
 * `names` lists all there are.
 * @throws GradError on an unknown option, or on anything but a record
 * @example
 * ```ts
 * import { codecs } from 'grad-ts/io'
 *
 * const greet = (options?: { readonly name?: string }) => codecs.optionsOf('greet', 'name', options).name ?? 'you'
 * greet({ name: 'Ada' }) // => 'Ada'
 * Reflect.apply(greet, null, [{ nmae: 'Ada' }]) // => throws GradError: Did you mean name?
 * ```
 */
export const optionsOf = <O extends object, const Names extends string>(
  operation: string,
  names: Names & Every<O, Names>,
  given: O | undefined,
): O => check(operation, names, given) as O

/**
 * As `optionsOf`, for functions that also take the axis by itself; `names` begins with it.
 * @throws GradError on an unknown option, on anything but a record, and on options given twice
 * @internal
 */
export const axisOptionsOf = <O extends WithAxis, const Names extends `axis${string}`>(
  operation: string,
  names: Names & Every<O, Names>,
  [first, second]: AxisOptions<O>,
): O => {
  const named = isRecord(first)
  if (named && second !== undefined)
    throw new GradError(`${operation}: options once are required, got them twice.`)
  if (named || first === undefined) return check(operation, names, named ? first : second) as O
  return { ...check(operation, names.slice(5), second), axis: first } as O
}
