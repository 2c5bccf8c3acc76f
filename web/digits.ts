import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IdxFile, joinDigits } from '../jobs/src/images/data/digits.js'
import { decodeIdx } from '../jobs/src/images/data/idx.js'
import type { ImageSet } from '../jobs/src/images/data/imageSet.js'

/** Why the digits could not be read. */
export type DigitsUnread = { readonly _tag: 'DigitsUnread'; readonly message: string }

const unread = (message: string): DigitsUnread => ({ _tag: 'DigitsUnread', message })

const fetched = (name: string): TE.TaskEither<DigitsUnread, IdxFile> =>
  pipe(
    TE.tryCatch(
      async () => {
        const response = await fetch(new URL(`digits/${name}`, document.baseURI))
        if (!response.ok) throw new Error(`the server answered ${response.status}`)
        return new Uint8Array(await response.arrayBuffer())
      },
      (error) => unread(`${name}: ${error instanceof Error ? error.message : String(error)}`),
    ),
    TE.chainEitherK((bytes) =>
      pipe(
        decodeIdx(name, bytes),
        E.mapLeft((e) => unread(e.message)),
      ),
    ),
    TE.map((array) => ({ file: name, array })),
  )

const split = (name: string): TE.TaskEither<DigitsUnread, ImageSet> =>
  pipe(
    TE.Do,
    TE.bind('images', () => fetched(`${name}-images`)),
    TE.bind('labels', () => fetched(`${name}-labels`)),
    TE.chainEitherK(({ images, labels }) =>
      pipe(
        joinDigits(images, labels),
        E.mapLeft((e) => unread(e.message)),
      ),
    ),
  )

/** The digits to learn from, and those to be tested on, as the page's server has them. */
export const fetchDigits = pipe(
  TE.Do,
  TE.bind('train', () => split('train')),
  TE.bind('test', () => split('test')),
)
