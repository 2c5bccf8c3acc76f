import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { firstProblem } from '../formats/decodeProblem.js'
import { closedPartial } from '../graph/closedRecord.js'
import type { Failure } from '../train/failure.js'

/** A number written in decimal, as a flag's value is. */
const numberFrom = (name: string, holds: (n: number) => boolean) =>
  new t.Type<number, string, unknown>(
    name,
    (u): u is number => typeof u === 'number' && holds(u),
    (u, context) => {
      const text = typeof u === 'string' ? u.trim() : ''
      const n = text === '' ? Number.NaN : Number(text)
      return holds(n) ? t.success(n) : t.failure(u, context)
    },
    String,
  )

const PositiveInteger = numberFrom('a positive integer', (n) => Number.isSafeInteger(n) && n > 0)

/** The flags of `grad-ts train`, each optional; what is not given is the default, or the resumed run's. */
export const TrainFlags = closedPartial(
  {
    epochs: PositiveInteger,
    batchSize: PositiveInteger,
    lr: numberFrom('a positive number', (x) => x > 0 && Number.isFinite(x)),
    seed: numberFrom('an integer from 0 to 4294967295', (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32),
    limit: PositiveInteger,
    testLimit: PositiveInteger,
    weightDecay: numberFrom('a number, not negative', (x) => x >= 0 && Number.isFinite(x)),
    schedule: t.keyof({ constant: null, cosine: null, 'one-cycle': null }, 'constant, cosine or one-cycle'),
    accumulate: PositiveInteger,
    average: numberFrom('a number from 0 to below 1', (x) => x >= 0 && x < 1),
    validation: numberFrom('an integer, not negative', (n) => Number.isSafeInteger(n) && n >= 0),
    patience: PositiveInteger,
    checkpointEvery: PositiveInteger,
    backend: t.string,
    data: t.string,
    out: t.string,
    report: t.string,
    resume: t.boolean,
  },
  'TrainFlags',
)
export type TrainFlags = t.TypeOf<typeof TrainFlags>

/** What the user typed cannot be taken. */
export const usage = (message: string): Failure => ({ _tag: 'Usage', message })

/** `batchSize` → `--batch-size`. */
export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`

/** Flags as typed, or one line that names the wrong one. */
export const decodeTrainFlags = (raw: object): E.Either<Failure, TrainFlags> =>
  pipe(
    TrainFlags.decode(raw),
    E.mapLeft((errors) => {
      const { path, required, got } = firstProblem(errors)
      return usage(`${flagName(path)}: ${required} was required, got ${got}.`)
    }),
  )
