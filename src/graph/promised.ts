import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { GradError } from '../ir/errors.js'

/** A failure that the outside world can cause, as a value. */
type Fault = { readonly _tag: string; readonly message: string }

/**
 * A task as a promise, begun now: it resolves to its result, or is rejected with an error that has all fields of the task's.
 * @example
 * ```ts
 * import { ioFormatError, tasks } from 'grad-ts/io'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * await tasks.promised(() => TE.right(3)) // => 3
 * const refused = ioFormatError('a.csv', 'a heading', 'none', 'Add one.')
 * await tasks.promised(() => TE.left(refused)) // => throws GradError: a.csv: a heading was required, got none. Add one.
 * ```
 */
export const promised = async <F extends Fault, A>(task: () => TaskEither<F, A>): Promise<A> => {
  const result = await task()()
  if (E.isRight(result)) return result.right
  throw Object.assign(new GradError(result.left.message), result.left)
}
