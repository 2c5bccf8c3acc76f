import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as augment from '../../../../src/augment.js'
import { nn, np, optim, type Tensor, tree, valueAndGrad } from '../../../../src/index.js'
import { flattenState } from '../../../../src/io/stateTree.js'
import type { Learner } from '../../../../src/train/learner.js'
import { gatherImages, type ImageBatch } from '../../../src/images/data/imageBatch.js'
import {
  type ClassifierState,
  type ImageTask,
  imageClassifier,
} from '../../../src/images/models/imageClassifier.js'
import { tinyImages } from '../run/countingLearner.js'

const scaled = augment.normalize(0.3, 0.3)
const network = () =>
  nn.sequential({ flatten: nn.flatten, fc1: nn.linear(16, 8), tanh: np.tanh, fc2: nn.linear(8, 3) })
type NetParams = ReturnType<ReturnType<typeof network>['init']>['params']

const task: ImageTask<NetParams, null> = {
  name: 'tiny',
  model: network(),
  classes: 3,
  transforms: { train: scaled, test: scaled },
}

const convolutional = () =>
  nn.sequential({
    conv1: nn.conv2d(1, 4, 3, { padding: 1 }),
    norm: nn.batchNorm(4),
    relu: nn.relu,
    flatten: nn.flatten,
    dropout: nn.dropout(0.3),
    fc: nn.linear(64, 3),
  })
type ConvNet = ReturnType<typeof convolutional>
type ConvParams = ReturnType<ConvNet['init']>['params']
type ConvState = ReturnType<ConvNet['init']>['state']

/** Everything that a state can have: running statistics, random draws in the transform and in the model. */
const rich: ImageTask<ConvParams, ConvState> = {
  name: 'tiny-cnn',
  model: convolutional(),
  classes: 3,
  transforms: {
    train: augment.compose(augment.colorJitter({ brightness: 0.2, contrast: 0.2 }), scaled),
    test: scaled,
  },
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

const learnerOf = (config: Partial<Config> = {}, steps = 12) =>
  imageClassifier(task, { config: { ...plain, ...config }, steps })
const richLearner = (config: Partial<Config> = {}, steps = 12) =>
  imageClassifier(rich, { config: { ...plain, ...config }, steps })

const set = tinyImages(96)
const batch = (from: number, size: number): ImageBatch =>
  gatherImages(
    set,
    Uint32Array.from({ length: size }, (_, i) => from + i),
  )
const batches = (count: number, size = 8) => Array.from({ length: count }, (_, i) => batch(i * size, size))

const numbers = (values: unknown): number[] =>
  tree.leaves(values as object).flatMap((leaf) => Array.from((leaf as Tensor).dataSync()))
const norm = (x: readonly number[]): number => Math.hypot(...x)
/** ‖a − b‖ / ‖b‖ */
const distance = (a: readonly number[], b: readonly number[]): number => {
  expect(a.length).toBe(b.length)
  return norm(a.map((x, i) => x - b[i])) / norm(b)
}

/** All bits of a state, by their paths. */
const bitsOf = async <S>(learner: Learner<S>, state: S) => flattenState(await learner.toHost(state))

/** Trains on the batches in turn; `see` is told each state before the next step takes its memory. */
const trainOn = async <S>(
  learner: Learner<S>,
  all: readonly ImageBatch[],
  see: (state: S, loss: number) => void | Promise<void> = () => {},
  start: S = learner.init,
): Promise<S> => {
  let state = start
  for (const one of all) {
    const { state: next, loss } = await learner.step(state, one)
    state = next
    await see(state, loss)
  }
  return state
}

describe('a step', () => {
  it('gives the mean cross-entropy of the batch, and how many it had right, before the update', async () => {
    const learner = learnerOf()
    const one = batch(0, 24)
    const judged = await learner.judge(learner.init, one)
    const right = judged.predicted.reduce((n, c, i) => n + (c === one.labels[i] ? 1 : 0), 0)
    const logOf = (i: number) => Math.log(judged.scores[3 * i + one.labels[i]])
    const mean = -one.labels.reduce((sum, _, i) => sum + logOf(i), 0) / 24
    const stepped = await learner.step(learner.init, one)
    expect(stepped.correct).toBe(right)
    expect(stepped.loss).toBeCloseTo(mean, 5)
    expect(judged.loss).toBeCloseTo(mean, 5)
    for (let i = 0; i < 24; i++)
      expect(judged.scores[3 * i] + judged.scores[3 * i + 1] + judged.scores[3 * i + 2]).toBeCloseTo(1, 5)
  })

  it('learns', async () => {
    const learner = learnerOf()
    const state = await trainOn(learner, [...batches(12), ...batches(12), ...batches(12)])
    const { loss } = await learner.judge(state, batch(0, 96))
    expect(loss).toBeLessThan(0.5)
  })

  it.each([0, 0.3])('is that of Adam, with a weight decay of %d', async (weightDecay) => {
    const learner = learnerOf({ weightDecay })
    const opt = optim.adam(0.01, { weightDecay })
    const { model } = task
    let params = tree.map((p: Tensor) => p.mul(1), learner.init.params)
    let moments = opt.init(params)
    for (const { images, labels, size } of batches(5)) {
      const x = np.array(images).sub(0.3).div(0.3).reshape([size, 1, 4, 4])
      const loss = (p: NetParams) =>
        nn
          .softmaxCrossEntropy(
            model.apply(p, null, x, { train: false })[0],
            np.array(labels, { dtype: 'int32' }),
          )
          .mean()
      const [, grads] = valueAndGrad(loss)(params)
      const [updates, next] = opt.update(grads, moments, params)
      params = optim.applyUpdates(params, updates)
      moments = next
    }
    const state = await trainOn(learner, batches(5))
    expect(distance(numbers(state.params), numbers(params))).toBeLessThan(1e-6)
  })

  it('is the same for the same seed, to the bit, and another for another', async () => {
    const ends = await Promise.all(
      [0, 0, 1].map(async (seed) => {
        const learner = richLearner({ seed, average: 0.9, accumulate: 2, schedule: 'cosine' })
        const losses: number[] = []
        const state = await trainOn(learner, batches(5), (_, loss) => {
          losses.push(loss)
        })
        return { bits: await bitsOf(learner, state), losses, order: learner.order(1, 50) }
      }),
    )
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2].losses[0]).not.toBe(ends[0].losses[0])
    expect(ends[2].order).not.toEqual(ends[0].order)
  })

  it('is the same after a state went to the host and back, at any step, to the bit', async () => {
    const config = { average: 0.9, accumulate: 2, schedule: 'one-cycle', weightDecay: 0.01 } as const
    const learner = richLearner(config)
    const hosts = [await learner.toHost(learner.init)]
    const losses: number[] = []
    await trainOn(learner, batches(6), async (state, loss) => {
      hosts.push(await learner.toHost(state))
      losses.push(loss)
    })
    const other = richLearner(config)
    for (let at = 0; at < 6; at++) {
      const resumed: number[] = []
      const state = await trainOn(
        other,
        batches(6).slice(at),
        (_, loss) => {
          resumed.push(loss)
        },
        other.fromHost(hosts[at]),
      )
      expect(resumed).toEqual(losses.slice(at))
      expect(await bitsOf(other, state)).toEqual(flattenState(hosts[6]))
    }
  })
})

describe('the order of images', () => {
  it('is a permutation, the same each time, and another each epoch', () => {
    const learner = learnerOf()
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 60 }), (epoch, count) => {
        const order = [...learner.order(epoch, count)]
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
        expect([...learner.order(epoch, count)]).toEqual(order)
      }),
      { numRuns: 20 },
    )
    const epochs = Array.from({ length: 5 }, (_, epoch) => learner.order(epoch, 30).join())
    expect(new Set(epochs).size).toBe(5)
  })
})

describe('what is drawn at random', () => {
  /** Losses of one batch again and again, by a model that does not move. */
  const repeated = async (transforms: ImageTask<NetParams, null>['transforms'], rate: number) => {
    const model = nn.sequential({
      flatten: nn.flatten,
      dropout: nn.dropout(rate),
      fc1: nn.linear(16, 8),
      fc2: nn.linear(8, 3),
    })
    const still: Config = { ...plain, lr: 1e-30 }
    const learner = imageClassifier(
      { name: 'still', model, classes: 3, transforms },
      { config: still, steps: 6 },
    )
    const losses: number[] = []
    const start = numbers(learner.init.params)
    const state = await trainOn(learner, Array(6).fill(batch(0, 16)), (_, loss) => {
      losses.push(loss)
    })
    expect(numbers(state.params)).toEqual(start)
    return losses
  }
  const still = { train: scaled, test: scaled }
  const jittered = {
    train: augment.compose(augment.colorJitter({ brightness: 0.5, contrast: 0.5 }), scaled),
    test: scaled,
  }

  it('is drawn anew at each step: dropout, and transforms', async () => {
    expect(new Set(await repeated(still, 0)).size).toBe(1)
    expect(new Set(await repeated(still, 0.5)).size).toBe(6)
    expect(new Set(await repeated(jittered, 0)).size).toBe(6)
  })

  it('is not drawn in judging, where statistics stand still too', async () => {
    const learner = richLearner()
    const state = await trainOn(learner, batches(3))
    const before = await bitsOf(learner, state)
    const both = [await learner.judge(state, batch(0, 16)), await learner.judge(state, batch(0, 16))]
    expect(both[1]).toEqual(both[0])
    // of images alone what they are in company
    const parts = [await learner.judge(state, batch(0, 4)), await learner.judge(state, batch(4, 12))]
    expect(parts.flatMap(({ predicted }) => [...predicted])).toEqual([...both[0].predicted])
    expect((4 * parts[0].loss + 12 * parts[1].loss) / 16).toBeCloseTo(both[0].loss, 5)
    expect(await bitsOf(learner, state)).toEqual(before)
  })
})

describe('accumulation', () => {
  it('of n batches of b makes the updates of batches of n·b', async () => {
    const several = await trainOn(learnerOf({ accumulate: 4, weightDecay: 0.1 }), batches(8, 6))
    const single = await trainOn(learnerOf({ weightDecay: 0.1 }), batches(2, 24))
    const start = numbers(learnerOf().init.params)
    const moved = (state: ClassifierState<NetParams, null>) =>
      numbers(state.params).map((p, i) => p - start[i])
    // Adam divides by the root of squares: an error of rounding weighs most where a gradient is almost zero
    expect(distance(moved(several), moved(single))).toBeLessThan(1e-4)
  })

  it('moves nothing until a round is full', async () => {
    const learner = learnerOf({ accumulate: 3 })
    const seen = [numbers(learner.init.params).join()]
    await trainOn(learner, batches(7), (state) => {
      seen.push(numbers(state.params).join())
    })
    const changes = seen.slice(1).map((params, i) => params !== seen[i])
    expect(changes).toEqual([false, false, true, false, false, true, false])
  })
})

describe('the moving average', () => {
  const decay = 0.8

  it.each([1, 2])('is what is judged, updates of %d batches each weighing decay^age', async (accumulate) => {
    const learner = learnerOf({ average: decay, accumulate })
    const past: number[][] = []
    let step = 0
    const state = await trainOn(learner, batches(8), (state) => {
      if (++step % accumulate === 0) past.push(numbers(state.params))
      const weights = past.map((_, i) => decay ** (past.length - 1 - i))
      const total = weights.reduce((a, b) => a + b, 0)
      const wanted =
        past.length === 0
          ? numbers(state.params) // nothing was averaged yet: the model as it is
          : past[0].map((_, j) => past.reduce((sum, p, i) => sum + (weights[i] * p[j]) / total, 0))
      expect(distance(numbers(learner.variables(state).params), wanted)).toBeLessThan(1e-5)
    })
    expect(past.length).toBe(8 / accumulate)
    const bare = learnerOf()
    const judged = await learner.judge(state, batch(0, 32))
    expect(await bare.judge(bare.withVariables(bare.init, learner.variables(state)), batch(0, 32))).toEqual(
      judged,
    )
    expect(judged.loss).not.toBe(
      (await bare.judge({ ...bare.init, params: state.params }, batch(0, 32))).loss,
    )
  })

  it('of a model that has not moved is the model', async () => {
    const learner = learnerOf({ average: decay, accumulate: 4 })
    const bare = learnerOf()
    expect(await learner.judge(learner.init, batch(0, 32))).toEqual(await bare.judge(bare.init, batch(0, 32)))
    const state = await trainOn(learner, batches(3))
    expect(await learner.judge(state, batch(0, 32))).toEqual(await bare.judge(bare.init, batch(0, 32)))
  })
})

describe('the learning rate', () => {
  const halfWave = (from: number, to: number, share: number) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2
  const lr = 0.05
  const schedules = {
    constant: () => lr,
    cosine: (t: number, updates: number) => halfWave(lr, 0, t / updates),
    // torch.optim.lr_scheduler.OneCycleLR: pct_start 0.3, div_factor 25, final_div_factor 1e4
    'one-cycle': (t: number, updates: number) => {
      const turn = 0.3 * updates - 1
      return t <= turn
        ? halfWave(lr / 25, lr, t / turn)
        : halfWave(lr, lr / 25 / 1e4, (t - turn) / (updates - 1 - turn))
    },
  } as const
  const names = ['constant', 'cosine', 'one-cycle'] as const

  it.each(names.flatMap((name) => [1, 2].map((n) => [name, n] as const)))(
    'is that of the schedule %s at each update of %d batches',
    async (schedule, accumulate) => {
      const updates = 8
      const learner = learnerOf({ schedule, accumulate, lr }, updates * accumulate)
      let before = numbers(learner.init.params)
      let step = 0
      await trainOn(learner, batches(updates * accumulate, 6), (state) => {
        const after = numbers(state.params)
        if (++step % accumulate === 0) {
          const t = step / accumulate
          // Adam's direction, from the moments that it has kept
          const leaves = tree.paths(state).flatMap((path, i) => {
            const [, moment] = /\.(mu|nu)\./.exec(path) ?? []
            return moment === undefined ? [] : [[moment, tree.leaves(state)[i] as Tensor] as const]
          })
          const of = (wanted: string) =>
            leaves.flatMap(([moment, x]) => (moment === wanted ? Array.from(x.dataSync()) : []))
          const [mu, nu] = [of('mu'), of('nu')]
          expect(mu).toHaveLength(after.length)
          const direction = mu.map(
            (m, i) => m / (1 - 0.9 ** t) / (Math.sqrt(nu[i] / (1 - 0.999 ** t)) + 1e-8),
          )
          const moved = before.map((p, i) => p - after[i])
          const rate =
            moved.reduce((sum, x, i) => sum + x * direction[i], 0) /
            direction.reduce((sum, x) => sum + x * x, 0)
          expect(Math.abs(rate - schedules[schedule](t - 1, updates))).toBeLessThan(1e-6)
        }
        before = after
      })
      expect(step).toBe(updates * accumulate)
    },
  )
})

describe('inside', () => {
  it('shows the filters of the first layer that has any, and its maps of the first image', async () => {
    const learner = richLearner()
    const one = batch(0, 3)
    const { filters, maps } = await learner.inside(learner.init, one)
    expect(filters.map(({ name, shape }) => [name, shape])).toEqual([['conv1', [4, 1, 3, 3]]])
    expect(Array.from(filters[0].data)).toEqual(numbers(learner.init.params.conv1.weight))
    expect(maps.map(({ name, shape }) => [name, shape])).toEqual([['conv1', [4, 4, 4]]])
    // the sum over a window of 3×3, by hand, at the second row and the third column
    const weight = numbers(learner.init.params.conv1.weight)
    const bias = numbers(learner.init.params.conv1.bias)
    for (let c = 0; c < 4; c++) {
      let sum = bias[c]
      for (let i = 0; i < 9; i++) {
        const pixel = one.images[4 * (Math.floor(i / 3) + 0) + (i % 3) + 1]
        sum += (weight[9 * c + i] * (pixel - 0.3)) / 0.3
      }
      expect(maps[0].data[16 * c + 4 * 1 + 2]).toBeCloseTo(sum, 4)
    }
  })

  it('is empty for a model without filters', async () => {
    const learner = learnerOf()
    expect(await learner.inside(learner.init, batch(0, 1))).toEqual({ filters: [], maps: [] })
  })
})
