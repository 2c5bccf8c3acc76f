import { Tensor } from '../graph/tensor.js'
import { map } from '../graph/tree.js'
import { GradError } from '../ir/errors.js'
import { callForEffect } from './callbacks.js'

/** `{{` and `}}` are braces, `{}` is the next argument, `{0}` one by its position, `{name}` a field of the only argument. */
const fields = /\{\{|\}\}|\{([^{}]*)\}/g

/** Text of a tree, its tensors without their types. */
const show = (value: unknown): string => {
  if (value instanceof Tensor) return value.ndim === 0 ? String(value.toArray()) : withoutType(value)
  return JSON.stringify(map((leaf) => (leaf instanceof Tensor ? leaf.toArray() : leaf), value))
}

const withoutType = (t: Tensor): string => String(t).replace(/^\S+ /, '')

/** The argument for each field, given their number. @throws GradError where a field means none of them */
const fill = (format: string, args: readonly unknown[]): string => {
  let next = 0
  return format.replace(fields, (all: string, name: string | undefined) => {
    if (name === undefined) return all[0]
    if (name === '') return show(argument(format, args, String(next++)))
    return show(argument(format, args, name))
  })
}

const argument = (format: string, args: readonly unknown[], name: string): unknown => {
  if (/^\d+$/.test(name) && Number(name) < args.length) return args[Number(name)]
  const [only] = args
  if (args.length === 1 && typeof only === 'object' && only !== null && Object.hasOwn(only, name))
    return (only as Readonly<Record<string, unknown>>)[name]
  throw new GradError(
    `debug.print: an argument for each field is required, got ${args.length} for {${name}} of ${JSON.stringify(format)}. Use {} in order, {0} by place, or {name} with one object.`,
  )
}

/**
 * Prints the values of tensors (or trees of them) by `console.log` whenever this point is reached, as `debug.callback`
 * calls. In the format `{}` is the next argument, `{1}` the one at that position, `{name}` a field of the only argument;
 * `{{` and `}}` are braces.
 * @throws GradError where the format has a field that means no argument
 * @example
 * ```ts
 * import * as debug from 'grad-ts/debug'
 *
 * jit((x: Tensor) => {
 *   debug.print('x = {}, twice {}', x, x.mul(2)) // prints x = [1, 2], twice [2, 4]
 *   debug.print('{x} and {{ }}', { x }) // prints [1, 2] and { }
 *   return x
 * })(np.array([1, 2]))
 * debug.print('{} {}', 1) // => throws GradError: an argument for each field
 * ```
 */
export const print = (format: string, ...args: readonly unknown[]): void => {
  fill(
    format,
    args.map((arg) => map(() => 0, arg)),
  )
  callForEffect('debug.print', (...values: readonly unknown[]) => console.log(fill(format, values)), args)
}
