import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioSystemError } from '../formats/ioError.js'
import type { NamedArrays } from '../formats/namedArray.js'
import { encodeSafetensors } from '../formats/safetensors.js'
import { GradError } from '../ir/errors.js'
import { atomicWrite, temporaryEnding } from './atomicWrite.js'
import {
  type Checkpoint,
  type CheckpointState,
  checkpointFormat,
  manifestName,
  seriesPrefix,
} from './checkpoint.js'
import { arraysFilePattern, type CheckpointManifest, printManifest } from './checkpointManifest.js'
import { flattenState } from './stateTree.js'

const seriesArrays = (series: Checkpoint<CheckpointState>['series']): NamedArrays =>
  Object.fromEntries(
    Object.entries(series).map(([name, data]) => [
      `${seriesPrefix}${name}`,
      { dtype: 'float64', shape: [data.length], data },
    ]),
  )

/** Removes array files of earlier checkpoints and half-written files; files that can't be removed do no harm. */
const removeStale = (folder: string, current: string) => async (): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  const stale = names.filter((name) => {
    const written = name.endsWith(temporaryEnding) && /^(arrays-|manifest\.json)/.test(name)
    return written || (arraysFilePattern.test(name) && name !== current)
  })
  await Promise.allSettled(stale.map((name) => rm(join(folder, name), { force: true })))
}

/**
 * Saves a checkpoint in `folder`, replacing the one there as a whole: the arrays go to a file named after
 * their content, and the renaming of `manifest.json`, which names that file, is the moment of change.
 * A process killed at any time leaves the old checkpoint or the new one.
 * @throws GradError where the state can't be written: a key with a dot, or one named `series`.
 */
export const saveCheckpoint = <S extends CheckpointState>(
  folder: string,
  checkpoint: Checkpoint<S>,
): TE.TaskEither<IoError, void> => {
  const { model, counters, config, state, series } = checkpoint
  if (Object.hasOwn(state, 'series'))
    throw new GradError('saveCheckpoint: the key series is taken. Rename it.')
  const leaves = flattenState(state)
  const bytes = encodeSafetensors({
    arrays: { ...leaves, ...seriesArrays(series) },
    metadata: { format: checkpointFormat, model },
  })
  const digest = createHash('sha256').update(bytes).digest('hex')
  const file = `arrays-${digest.slice(0, 16)}.safetensors`
  const manifest: CheckpointManifest = {
    format: checkpointFormat,
    version: 1,
    model,
    counters: { ...counters },
    config: { ...config },
    leaves: Object.entries(leaves).map(([path, { dtype, shape }]) => ({ path, dtype, shape: [...shape] })),
    arrays: { file, bytes: bytes.length, sha256: digest },
  }
  return pipe(
    TE.tryCatch(
      () => mkdir(folder, { recursive: true }),
      (error) => ioSystemError(folder, 'make the folder', error, 'Name another.'),
    ),
    TE.chain(() => atomicWrite(join(folder, file), bytes)),
    TE.chain(() => atomicWrite(join(folder, manifestName), printManifest(manifest))),
    TE.chainTaskK(() => removeStale(folder, file)),
  )
}
