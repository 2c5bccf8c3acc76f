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
