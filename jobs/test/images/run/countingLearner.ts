import type { HostArray } from '../../../../src/formats/namedArray.js'
import { fromHost } from '../../../../src/graph/tensor.js'
import { aval } from '../../../../src/ir/aval.js'
import type { Learner } from '../../../../src/train/learner.js'
import type { ImageBatch } from '../../../src/images/data/imageBatch.js'
import type { ImageSet } from '../../../src/images/data/imageSet.js'
import '../../../../src/index.js'

/** What a learner without a model has seen: a number that depends on every image and on their order, and the steps. */
export type Seen = { readonly mixed: number; readonly steps: number }

/** FNV-1a over whole numbers. */
const mix = (start: number, numbers: ArrayLike<number>): number => {
  let h = start
  for (let i = 0; i < numbers.length; i++) h = Math.imul(h ^ numbers[i], 16777619) >>> 0
  return h
}

const encode = ({ mixed, steps }: Seen): HostArray => ({
  dtype: 'uint32',
  shape: [2],
  data: Uint32Array.of(mixed, steps),
})

/** What is told before a step or a judgement is done; what it throws or stops happens there. */
export type Told = (what: 'step' | 'judge', batch: ImageBatch) => void

/**
 * A learner without a model: losses and predictions are drawn from all that it has seen, so that two runs agree if and only if
 * they have seen the same images in the same order.
 */
export const countingLearner = (tell: Told = () => {}): Learner<Seen> => ({
  model: 'counting',
  classes: 3,
  parameters: 2,
  init: { mixed: 2166136261, steps: 0 },
  step: async ({ mixed, steps }, batch) => {
    tell('step', batch)
    const next = mix(mix(mixed, batch.indices), batch.labels)
    return {
      state: { mixed: next, steps: steps + 1 },
      loss: 0.1 + (next % 9973) / 3,
      correct: next % (batch.size + 1),
    }
  },
  judge: async ({ mixed }, batch) => {
    tell('judge', batch)
    return {
      loss: (mix(mixed, batch.indices) % 7) / 3,
      predicted: Uint32Array.from(batch.indices, (i) => (i + mixed) % 3),
      scores: new Float32Array(3 * batch.size),
    }
  },
  variables: (state) => ({
    params: { seen: fromHost(encode(state).data, aval([2], 'uint32')) },
    state: null,
  }),
  withVariables: (_state, { params }) => {
    const [mixed, steps] = (params as { readonly seen: ReturnType<typeof fromHost> }).seen.dataSync()
    return { mixed, steps }
  },
  inside: async () => ({ filters: [], maps: [] }),
  order: (epoch, count) => {
    const keyed = Array.from({ length: count }, (_, i) => [mix(epoch + 1, [i, i]), i] as const)
    return Uint32Array.from(keyed.sort(([a], [b]) => a - b).map(([, i]) => i))
  },
  toHost: async (state) => ({ seen: encode(state) }),
  fromHost: ({ seen }) => {
    const [mixed, steps] = (seen as HostArray).data
    return { mixed, steps }
  },
})

/** Grey images of 4×4 pixels in three classes, which can be told apart: each class lights columns of its own. */
export const tinyImages = (count: number, salt = 0): ImageSet => ({
  count,
  channels: 1,
  height: 4,
  width: 4,
  pixels: Uint8Array.from({ length: 16 * count }, (_, i) => {
    const [image, column] = [Math.floor(i / 16), i % 4]
    const noise = mix(salt + 1, [i, image]) % 90
    return column === (image * 7 + salt) % 3 ? 160 + noise : noise
  }),
  labels: Uint32Array.from({ length: count }, (_, i) => (i * 7 + salt) % 3),
  classes: ['left', 'middle', 'right'],
})
