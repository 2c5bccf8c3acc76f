import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codecs } from 'grad-ts/io'
import * as t from 'io-ts'
import type { Failure } from './failure.js'

/** A number written in decimal, as a flag's value is. */
export const numberFrom = (name: string, holds: (n: number) => boolean) =>
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

export const PositiveInteger = numberFrom('a positive integer', (n) => Number.isSafeInteger(n) && n > 0)

/** A failure of what the user typed. */
export const usage = (message: string): Failure => ({ _tag: 'Usage', message })

/** `batchSize` → `--batch-size`. */
export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`

/** Flags as typed, or one line that names the wrong one. */
export const decodeFlags =
  <A>(codec: t.Decoder<unknown, A>) =>
  (raw: object): E.Either<Failure, A> =>
    pipe(
      codec.decode(raw),
      E.mapLeft((errors) => {
        const { path, required, got } = codecs.firstProblem(errors)
        return usage(`${flagName(path)}: ${required} was required, got ${got}.`)
      }),
    )

const bare = /^[\w@%+=:,./-]+$/

/** Arguments as a shell takes them: what holds anything but plain characters is in quotes. */
export const commandText = (words: readonly string[]): string =>
  ['grad-ts', ...words]
    .map((word) => (bare.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
