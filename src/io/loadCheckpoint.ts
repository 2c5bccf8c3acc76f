import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError, ioSystemError } from '../formats/ioError.js'
import type { NamedArrays } from '../formats/namedArray.js'
import { decodeSafetensors } from '../formats/safetensors.js'
import { type Checkpoint, type CheckpointState, manifestName, seriesPrefix } from './checkpoint.js'
import { type CheckpointManifest, parseManifest } from './checkpointManifest.js'
import { compareLeaves, flattenState, restoreState } from './stateTree.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Reads the description of the checkpoint in `folder`, without its arrays. */
export const readManifest = (folder: string): TE.TaskEither<IoError, CheckpointManifest> => {
  const path = join(folder, manifestName)
  return pipe(
    TE.tryCatch(
      () => readFile(path, 'utf8'),
      (error): IoError => ioSystemError(path, 'read', error, 'Is this the folder of a checkpoint?'),
    ),
    TE.chainEitherK((text) => parseManifest(path, text)),
  )
}

const damaged = 'The checkpoint is damaged; use another.'

const readArrays = (folder: string, { arrays }: CheckpointManifest): TE.TaskEither<IoError, NamedArrays> => {
  const path = join(folder, arrays.file)
  return pipe(
    TE.tryCatch(
      () => readFile(path),
      (error): IoError => ioSystemError(path, 'read', error, damaged),
    ),
    TE.filterOrElse(
      (bytes) => bytes.length === arrays.bytes,
      (bytes): IoError => ioFormatError(path, `${arrays.bytes} bytes`, `${bytes.length}`, damaged),
    ),
    TE.filterOrElse(
      (bytes) => sha256(bytes) === arrays.sha256,
      (bytes): IoError => ioFormatError(path, `SHA-256 ${arrays.sha256}`, sha256(bytes), damaged),
    ),
    TE.chainEitherKW((bytes) => decodeSafetensors(path, bytes)),
    TE.map((file) => file.arrays),
  )
}

const splitSeries = (arrays: NamedArrays) => {
  const all = Object.entries(arrays)
  return {
    leaves: Object.fromEntries(all.filter(([path]) => !path.startsWith(seriesPrefix))),
    series: Object.fromEntries(
      all
        .filter(([path]) => path.startsWith(seriesPrefix))
        .map(([path, { data }]) => [path.slice(seriesPrefix.length), Float64Array.from(data)]),
    ),
  }
}

/**
 * Loads the checkpoint in `folder` into the structure of `template`, the state of a fresh start; refuses one of
 * another model, or with other paths, shapes or dtypes.
 */
export const loadCheckpoint = <S extends CheckpointState>(
  folder: string,
  model: string,
  template: S,
): TE.TaskEither<IoError, Checkpoint<S>> => {
  const path = join(folder, manifestName)
  const expected = flattenState(template)
  const fits = (leaves: Parameters<typeof compareLeaves>[1]) =>
    pipe(
      compareLeaves(expected, leaves),
      E.mapLeft(
        ({ required, got }): IoError =>
          ioFormatError(
            path,
            required,
            got,
            'It is of another model; build the model that it was saved from.',
          ),
      ),
    )
  return pipe(
    readManifest(folder),
    TE.filterOrElse(
      (manifest) => manifest.model === model,
      (manifest): IoError =>
        ioFormatError(
          path,
          `a checkpoint of ${model}`,
          `one of ${manifest.model}`,
          'Name another checkpoint.',
        ),
    ),
    TE.chainFirstEitherK((manifest) => fits(Object.fromEntries(manifest.leaves.map((l) => [l.path, l])))),
    TE.bindTo('manifest'),
    TE.bind('arrays', ({ manifest }) => readArrays(folder, manifest)),
    TE.bind('split', ({ arrays }) => TE.right(splitSeries(arrays))),
    TE.chainFirstEitherK(({ split }) => fits(split.leaves)),
    TE.map(({ manifest, split }) => ({
      model,
      counters: manifest.counters,
      config: manifest.config,
      state: restoreState(template, split.leaves),
      series: split.series,
    })),
  )
}
