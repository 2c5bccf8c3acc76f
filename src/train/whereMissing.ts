import * as t from 'io-ts'

/** As `codec`, and `value` where there is nothing: for what files written before lack. */
export const whereMissing = <A, O>(codec: t.Type<A, O>, value: A): t.Type<A, O> =>
  new t.Type<A, O>(
    codec.name,
    codec.is,
    (u, context) => (u === undefined ? t.success(value) : codec.validate(u, context)),
    codec.encode,
  )
