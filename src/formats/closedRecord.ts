import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

const isRecord = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/** A type without values, required of keys with unknown names. */
const Absent = new t.Type<never, never>(
  'no such key',
  (_u): _u is never => false,
  (u, context) => t.failure(u, context),
  t.identity,
)

/**
 * `codec` of a record, refusing keys other than `keys` by name, where `t.strict` would drop them.
 * @example closedRecord(t.type({ a: t.number }), ['a']).decode({ a: 1, b: 2 }) // left: b: no such key
 */
const closedRecord = <A, O>(codec: t.Type<A, O>, keys: readonly string[]): t.Type<A, O> =>
  new t.Type<A, O>(
    codec.name,
    codec.is,
    (u, context) =>
      pipe(
        codec.validate(u, context),
        E.chain((value) => {
          const unknown = isRecord(u) ? Object.keys(u).filter((key) => !keys.includes(key)) : []
          return unknown.length === 0
            ? t.success(value)
            : t.failures(
                unknown.map((key) => ({
                  value: isRecord(u) ? u[key] : u,
                  context: t.appendContext(context, key, Absent, undefined),
                })),
              )
        }),
      ),
    codec.encode,
  )

/**
 * A codec of a record with all of `props` required. Unknown keys are refused by name, where `t.strict` would drop them.
 * @example
 * ```ts
 * import { codecs } from 'grad-ts/io'
 * import * as t from 'io-ts'
 *
 * const Config = codecs.closed({ epochs: t.number }, 'Config')
 * Config.decode({ epochs: 3 })._tag // => 'Right'
 * Config.decode({ epochs: 3, epoch: 1 })._tag // => 'Left'
 * ```
 */
export const closed = <P extends t.Props>(props: P, name: string) =>
  closedRecord(t.strict(props, name), Object.keys(props))

/**
 * As `closed`, with all of `props` optional.
 * @example
 * ```ts
 * import { codecs } from 'grad-ts/io'
 * import * as t from 'io-ts'
 *
 * const Flags = codecs.closedPartial({ epochs: t.number }, 'Flags')
 * Flags.decode({})._tag // => 'Right'
 * Flags.decode({ epoch: 1 })._tag // => 'Left'
 * ```
 */
export const closedPartial = <P extends t.Props>(props: P, name: string) =>
  closedRecord(t.exact(t.partial(props), name), Object.keys(props))
