import * as t from 'io-ts'

const special = ['NaN', 'Infinity', '-Infinity']

/** A number; JSON has no NaN and no infinities, so these become strings (a run that diverged has them). */
export const AnyNumber = new t.Type<number, number | string, unknown>(
  'a number',
  t.number.is,
  (u, context) =>
    typeof u === 'number' || (typeof u === 'string' && special.includes(u))
      ? t.success(Number(u))
      : t.failure(u, context),
  (n) => (Number.isFinite(n) ? n : String(n)),
)

/** As `codec`, and `value` where there is nothing: for what files written before lack. */
export const withDefault = <A, O>(codec: t.Type<A, O>, value: A): t.Type<A, O> =>
  new t.Type<A, O>(
    codec.name,
    codec.is,
    (u, context) => (u === undefined ? t.success(value) : codec.validate(u, context)),
    codec.encode,
  )
