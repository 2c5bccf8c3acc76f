import { describe, expect, it } from 'vitest'
import * as augment from '../../../../src/augment.js'
import { nn, np, type Tensor, tree } from '../../../../src/index.js'
import { imageDataset } from '../../../src/images/data/imageDataset.js'
import { evaluate, figuresOf } from '../../../src/images/models/evaluate.js'
import { type ImageModel, imageClassifier } from '../../../src/images/models/imageClassifier.js'
import { tinyImages } from '../run/tinyClassifier.js'

const scaled = augment.normalize(0.3, 0.3)
const jittered = augment.compose(augment.colorJitter({ brightness: 0.5, contrast: 0.5 }), scaled)

const convolutional = nn.sequential({
  conv1: nn.conv2d(1, 4, 3, { padding: 1 }),
  norm: nn.batchNorm(4),
  relu: nn.relu,
  flatten: nn.flatten,
  dropout: nn.dropout(0.3),
  fc: nn.linear(64, 3),
})
type Net = ReturnType<typeof convolutional.init>

/** Running statistics, and random draws in the transform and in the model. */
const rich: ImageModel<Net['params'], Net['state']> = {
  name: 'tiny-cnn',
  model: convolutional,
  classes: 3,
  transforms: { train: jittered, test: scaled },
}

const plain = {
  lr: 0.01,
  weightDecay: 0,
  schedule: 'constant',
  accumulate: 1,
  average: null,
  seed: 0,
  backend: 'reference',
} as const
type Config = Parameters<typeof imageClassifier>[1]['config']

const classifierOf = (config: Partial<Config> = {}, steps = 12) =>
  imageClassifier(rich, { config: { ...plain, ...config }, steps })

const set = tinyImages(96)
const batch = (from: number, size: number) =>
  imageDataset(set).batch(Uint32Array.from({ length: size }, (_, i) => from + i))
const { signal } = new AbortController()

const numbers = (values: unknown): number[] =>
  tree.leaves(values as object).flatMap((leaf) => Array.from((leaf as Tensor).dataSync()))

const judged = async (classifier: ReturnType<typeof classifierOf>, state: unknown) => {
  const all = await evaluate(classifier, state as ReturnType<typeof classifier.task.init>, set, signal)
  if (all._tag === 'None') throw new Error('interrupted')
  return all.value
}

describe('a classifier of images', () => {
  it('gives the mean cross-entropy of a batch, and the share that it had right', async () => {
    const { task, predict } = classifierOf()
    const state = task.init(0)
    const one = await batch(0, 24)
    const labels = numbers(one.labels)
    const { loss, probabilities } = predict(state, one)
    const scores = numbers(probabilities)
    const mean = -labels.reduce((sum, label, i) => sum + Math.log(scores[3 * i + label]), 0) / 24
    expect(loss.item()).toBeCloseTo(mean, 5)
    const right = labels.filter((label, i) => {
      const row = scores.slice(3 * i, 3 * i + 3)
      return row.indexOf(Math.max(...row)) === label
    })
    const { figures } = await task.judge(state, one)
    expect(np.array(figures.loss).item()).toBeCloseTo(mean, 5)
    expect(np.array(figures.accuracy).item()).toBeCloseTo(right.length / 24, 6)
  })

  it('learns', async () => {
    const classifier = classifierOf({ lr: 0.03 })
    let state = classifier.task.init(0)
    for (let i = 0; i < 36; i++)
      state = (await classifier.task.step(state, await batch((i % 12) * 8, 8))).state
    expect(figuresOf(set, await judged(classifier, state)).accuracy).toBeGreaterThan(0.9)
  })

  it('draws transforms anew at each step, and none in judging', async () => {
    const still = classifierOf({ lr: 1e-30 })
    let state = still.task.init(0)
    const losses: number[] = []
    for (let i = 0; i < 4; i++) {
      const stepped = await still.task.step(state, await batch(0, 16))
      losses.push(np.array(stepped.figures.loss).item() as number)
      state = stepped.state
    }
    expect(new Set(losses).size).toBe(4)
    expect(await judged(still, state)).toEqual(await judged(still, state))
  })

  it.each(['constant', 'cosine', 'one-cycle'] as const)(
    'has the rate of the schedule %s',
    async (schedule) => {
      const [first, second] = [schedule, 'constant'].map((schedule) =>
        classifierOf({ schedule: schedule as typeof plain.schedule, lr: 0.05 }),
      )
      const moved = async ({ task }: typeof first) => {
        const before = numbers(task.init(0).params)
        const { state } = await task.step(task.init(0), await batch(0, 8))
        return numbers(state.params).map((p, i) => p - before[i])
      }
      const [own, constant] = [await moved(first), await moved(second)]
      // at the first update Adam moves by the rate: one cycle begins at a 25th of its peak
      const share = schedule === 'one-cycle' ? 1 / 25 : 1
      const norm = (x: readonly number[]) => Math.hypot(...x)
      expect(norm(own) / norm(constant)).toBeCloseTo(share, 4)
    },
  )

  it('shows the filters of the first layer that has any, and its maps of the first image', async () => {
    const { task, inside } = classifierOf()
    const state = task.init(0)
    const one = await batch(0, 3)
    const { filters, maps } = await inside(state, one)
    expect(filters.map(({ name, shape }) => [name, shape])).toEqual([['conv1', [4, 1, 3, 3]]])
    const weight = numbers(state.params.conv1.weight)
    const bias = numbers(state.params.conv1.bias)
    expect(Array.from(filters[0].data)).toEqual(weight)
    expect(maps.map(({ name, shape }) => [name, shape])).toEqual([['conv1', [4, 4, 4]]])
    // the sum over a window of 3×3, by hand, at the second row and the third column
    const pixels = numbers(one.images)
    for (let c = 0; c < 4; c++) {
      let sum = bias[c]
      for (let i = 0; i < 9; i++)
        sum += (weight[9 * c + i] * (pixels[4 * Math.floor(i / 3) + (i % 3) + 1] - 0.3)) / 0.3
      expect(maps[0].data[16 * c + 4 * 1 + 2]).toBeCloseTo(sum, 4)
    }
  })

  it('has nothing to show of a model without filters', async () => {
    const model = nn.sequential({ flatten: nn.flatten, fc: nn.linear(16, 3) })
    const { task, inside } = imageClassifier(
      { name: 'flat', model, classes: 3, transforms: { train: scaled, test: scaled } },
      { config: plain, steps: 4 },
    )
    expect(await inside(task.init(0), await batch(0, 1))).toEqual({ filters: [], maps: [] })
  })
})
