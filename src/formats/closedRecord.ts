import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

const isRecord = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/** Nothing is of this type: it is what a key of an unknown name is asked to be. */
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

/** A closed record with all of `props` required. */
export const closed = <P extends t.Props>(props: P, name: string) =>
  closedRecord(t.strict(props, name), Object.keys(props))

/** A closed record with every one of `props` optional. */
export const closedPartial = <P extends t.Props>(props: P, name: string) =>
  closedRecord(t.exact(t.partial(props), name), Object.keys(props))
