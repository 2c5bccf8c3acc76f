import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'

const Manifest = t.type({ model: t.string }, 'Manifest')

/** The model that a run is of, as its checkpoint says; none where it says nothing. */
export const modelOfRun = async (folder: string): Promise<O.Option<string>> =>
  pipe(
    await readFile(join(folder, 'checkpoint', 'manifest.json'), 'utf8')
      .then((text) => Manifest.decode(JSON.parse(text)))
      .catch(() => E.left(undefined)),
    O.fromEither,
    O.map(({ model }) => model),
  )
