import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type IoError, ioFormatError, ioSystemError } from '../formats/ioError.js'
import type { NamedArrays } from '../formats/namedArray.js'
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js'
import { fromHost, Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { aval } from '../ir/aval.js'
import { GradError } from '../ir/errors.js'
import { atomicWrite } from './atomicWrite.js'
import { compareLeaves } from './stateTree.js'

/** A model's variables: its parameters, and the state that training changes without a gradient. */
export type Variables = { readonly params: unknown; readonly state: unknown }

/** PyTorch's names for the running statistics of batch normalisation. */
const buffers: Readonly<Record<string, string>> = {
  mean: 'running_mean',
  var: 'running_var',
  count: 'num_batches_tracked',
}

const bufferName = (path: string): string => {
  const at = path.lastIndexOf('.') + 1
  return path.slice(0, at) + (buffers[path.slice(at)] ?? path.slice(at))
}

/** The names, as in a PyTorch module's `state_dict`, of the leaves in their order: those of the parameters, then of the state. */
const namesOf = ({ params, state }: Variables): readonly string[] => {
  const names = [...tree.paths(params), ...tree.paths(state).map(bufferName)]
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new GradError(`weights: a name for each array is required, got ${twice} for two. Rename a part.`)
  return names
}

/** @throws GradError unless both parts are there, as callers without types may leave them out */
const requireVariables = (variables: Variables): void => {
  const missing = (['params', 'state'] as const).find((part) => variables?.[part] === undefined)
  if (missing !== undefined)
    throw new GradError(
      `weights: a model's variables { params, state } are required, got none of its ${missing}. Pass what model.init gave, or { params, state: null }.`,
    )
}

const leavesOf = ({ params, state }: Variables): readonly Tensor[] =>
  [...tree.leaves(params), ...tree.leaves(state)].map((leaf) => {
    if (leaf instanceof Tensor) return leaf
    throw new GradError(`weights: tensors are required, got ${typeof leaf}.`)
  })

/** `saveWeights` of `promises.ts`, as a task. @throws GradError for anything but variables, and where two arrays would have one name */
export const saveWeights = (path: string, variables: Variables): TE.TaskEither<IoError, void> =>
  pipe(
    TE.fromTask(async (): Promise<NamedArrays> => {
      requireVariables(variables)
      const names = namesOf(variables)
      const arrays = await Promise.all(
        leavesOf(variables).map(async (t) => ({ dtype: t.dtype, shape: t.shape, data: await t.data() })),
      )
      return Object.fromEntries(names.map((name, i) => [name, arrays[i]]))
    }),
    TE.chain((arrays) => atomicWrite(path, encodeSafetensors({ arrays, metadata: { format: 'pt' } }))),
  )

/** `loadWeights` of `promises.ts`, as a task. */
export const loadWeights = <V extends Variables>(path: string, like: V): TE.TaskEither<IoError, V> =>
  pipe(
    TE.tryCatch(
      () => readFile(path),
      (error): IoError => ioSystemError(path, 'read', error, 'Name a file of weights.'),
    ),
    TE.chainEitherKW((bytes) => decodeSafetensors(path, bytes)),
    TE.chainEitherK(({ arrays }) => {
      requireVariables(like)
      const names = namesOf(like)
      const required = Object.fromEntries(leavesOf(like).map((t, i) => [names[i], t]))
      return pipe(
        compareLeaves(required, arrays),
        E.bimap(
          (d): IoError =>
            ioFormatError(path, d.required, d.got, 'Load the weights of the same architecture.'),
          (): V => {
            const tensors = names.map((name) => {
              const { data, shape, dtype } = arrays[name]
              return fromHost(data, aval(shape, dtype))
            })
            const own = { params: like.params, state: like.state }
            return { ...like, ...tree.unflatten<Variables>(tree.structure(own), tensors) }
          },
        ),
      )
    }),
  )
