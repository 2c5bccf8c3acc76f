import { describe, expect, it } from 'vitest'
import { nn, np, optim, random, type Tensor, tree, valueAndGrad } from '../../src/index.js'
import { flattenState } from '../../src/io/stateTree.js'
import { type GradientTaskOptions, gradientTask } from '../../src/train/gradientTask.js'
import { stateFromHost, stateToHost } from '../../src/train/stateOnHost.js'
import { type Figures, readMeasured, type Task } from '../../src/train/task.js'

type Points = { readonly x: Tensor; readonly y: Tensor }

const model = () => nn.sequential({ fc1: nn.linear(4, 8), tanh: np.tanh, fc2: nn.linear(8, 3) })
type Net = ReturnType<typeof model>
type NetParams = ReturnType<Net['init']>['params']

const { softmaxCrossEntropy } = nn

type Options<P, S> = Partial<GradientTaskOptions<P, S, Points, 'right'>>

/** Classes of points, and how many of them were right. */
const classifier = <P, S>(layer: nn.Layer<P, S>, options: Options<P, S> = {}) =>
  gradientTask<P, S, Points, 'right'>({
    name: 'points',
    init: layer.init,
    loss: (params, { x, y }, { state, mode }) => {
      const [logits, next] = layer.apply(params, state, x, mode)
      const right = np.mean(np.equal(np.argmax(logits, { axis: 1 }), y).astype('float32'))
      return { loss: softmaxCrossEntropy(logits, y).mean(), figures: { right }, state: next }
    },
    optimizer: optim.adam(0.01),
    ...options,
  })
const plain = (options: Options<NetParams, null> = {}) => classifier(model(), options)

/** Everything that a state can have: running statistics, and random draws. */
const richModel = () =>
  nn.sequential({
    fc1: nn.linear(4, 6),
    norm: nn.batchNorm(6),
    relu: nn.relu,
    drop: nn.dropout(0.3),
    fc2: nn.linear(6, 3),
  })
type Rich = ReturnType<ReturnType<typeof richModel>['init']>
const rich = (options: Options<Rich['params'], Rich['state']> = {}) => classifier(richModel(), options)

/** Three clusters, in turn. */
const batch = (from: number, size: number): Points => {
  const rows = Array.from({ length: size }, (_, i) => from + i)
  return {
    x: np.array(
      rows.map((i) =>
        [0, 1, 2, 3].map((j) => (j === i % 3 ? 2 : 0) + Math.sin(12.9898 * i + 78.233 * j) / 2),
      ),
    ),
    y: np.array(
      rows.map((i) => i % 3),
      { dtype: 'int32' },
    ),
  }
}
const batches = (count: number, size = 8) => Array.from({ length: count }, (_, i) => batch(i * size, size))

const numbersOf = (values: unknown): number[] =>
  tree.leaves(values as object).flatMap((leaf) => Array.from((leaf as Tensor).dataSync()))
const norm = (x: readonly number[]): number => Math.hypot(...x)
/** ‖a − b‖ / ‖b‖ */
const distance = (a: readonly number[], b: readonly number[]): number => {
  expect(a.length).toBe(b.length)
  return norm(a.map((x, i) => x - b[i])) / norm(b)
}

/** All bits of a state, by their paths. */
const bitsOf = async (state: object) => flattenState(await stateToHost(state))

/** Trains on the batches in turn; `see` is told each state before the next step takes its memory. */
const trainOn = async <S extends object, B, F extends Figures>(
  task: Task<S, B, F>,
  all: readonly B[],
  see: (state: S, loss: number) => void | Promise<void> = () => {},
  start: S = task.init(0),
): Promise<S> => {
  let state = start
  for (const one of all) {
    const stepped = await task.step(state, one)
    state = stepped.state
    await see(state, (await readMeasured(stepped, 1)).figures.loss)
  }
  return state
}

const judged = async <S extends object, F extends Figures>(
  task: Required<Task<S, Points, F>>,
  state: S,
  one: Points,
): Promise<F> => (await readMeasured(await task.judge(state, one), 1)).figures

describe('a step', () => {
  it('gives the loss of the batch and its further figures, before the update', async () => {
    const task = plain()
    const state = task.init(0)
    const one = batch(0, 24)
    const logits = model().call(state.params, one.x).toArray() as number[][]
    const labels = [...one.y.dataSync()]
    const losses = logits.map(
      (row, i) => Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[labels[i]],
    )
    const right = logits.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length / 24
    const before = await judged(task, state, one)
    const stepped = await readMeasured(await task.step(state, one), 24)
    for (const { loss, right: share } of [before, stepped.figures]) {
      expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 24, 5)
      expect(share).toBeCloseTo(right, 6)
    }
    expect(stepped.weight).toBe(24)
  })

  it('learns', async () => {
    const task = plain()
    const all = batches(12)
    const state = await trainOn(task, [...all, ...all, ...all])
    const { loss, right } = await judged(task, state, batch(0, 96))
    expect(loss).toBeLessThan(0.5)
    expect(right).toBeGreaterThan(0.9)
  })

  it.each([0, 0.3])('is that of its optimizer, Adam with a weight decay of %d', async (weightDecay) => {
    const optimizer = optim.adam(0.01, { weightDecay })
    const task = plain({ optimizer })
    let params = tree.map((p: Tensor) => p.mul(1), task.init(0).params)
    let moments = optimizer.init(params)
    for (const { x, y } of batches(5)) {
      const loss = (p: NetParams) => softmaxCrossEntropy(model().call(p, x), y).mean()
      const [, grads] = valueAndGrad(loss)(params)
      const [updates, next] = optimizer.update(grads, moments, params)
      params = optim.applyUpdates(params, updates)
      moments = next
    }
    const state = await trainOn(task, batches(5))
    expect(distance(numbersOf(state.params), numbersOf(params))).toBeLessThan(1e-6)
    expect(state.step.item()).toBe(5)
  })

  it('is the same for the same seed, to the bit, and another for another', async () => {
    const ends = await Promise.all(
      [0, 0, 1].map(async (seed) => {
        const task = rich({
          average: 0.9,
          accumulate: 2,
          optimizer: optim.adam(optim.cosineSchedule(0.1, 4)),
        })
        const losses: number[] = []
        const see = (_: object, loss: number) => {
          losses.push(loss)
        }
        const state = await trainOn(task, batches(5), see, task.init(seed))
        return { bits: await bitsOf(state), losses }
      }),
    )
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2].losses[0]).not.toBe(ends[0].losses[0])
  })

  it('is the same after a state went to the host and back, at any step, to the bit', async () => {
    const options = {
      average: 0.9,
      accumulate: 2,
      optimizer: optim.adam(optim.cosineSchedule(0.1, 3), { weightDecay: 0.01 }),
    }
    const task = rich(options)
    const hosts = [await stateToHost(task.init(0))]
    const losses: number[] = []
    await trainOn(task, batches(6), async (state, loss) => {
      hosts.push(await stateToHost(state))
      losses.push(loss)
    })
    const other = rich(options)
    for (let at = 0; at < 6; at++) {
      const resumed: number[] = []
      const see = (_: object, loss: number) => {
        resumed.push(loss)
      }
      const state = await trainOn(other, batches(6).slice(at), see, stateFromHost(other.init(1), hosts[at]))
      expect(resumed).toEqual(losses.slice(at))
      expect(await bitsOf(state)).toEqual(flattenState(hosts[6]))
    }
  })
})

describe('what is drawn at random', () => {
  /** Losses of one batch again and again, by a model that does not move. */
  const repeated = async (rate: number, noise: number) => {
    const layer = nn.sequential({ drop: nn.dropout(rate), fc: nn.linear(4, 3) })
    const task = gradientTask({
      name: 'still',
      init: layer.init,
      loss: (params, { x, y }: Points, { state, mode }) => {
        const drawn = mode.key === undefined ? 0 : random.normal(mode.key, x.shape).mul(noise)
        return softmaxCrossEntropy(layer.apply(params, state, x.add(drawn), mode)[0], y).mean()
      },
      optimizer: optim.sgd(0),
    })
    const losses: number[] = []
    await trainOn(task, Array(6).fill(batch(0, 16)), (_, loss) => {
      losses.push(loss)
    })
    return new Set(losses).size
  }

  it('is drawn anew at each step: by layers, and by the loss itself', async () => {
    expect(await repeated(0, 0)).toBe(1)
    expect(await repeated(0.5, 0)).toBe(6)
    expect(await repeated(0, 0.5)).toBe(6)
  })

  it('is not drawn in judging, where statistics stand still too', async () => {
    const task = rich()
    const state = await trainOn(task, batches(3))
    expect(numbersOf(state.state)).not.toEqual(numbersOf(task.init(0).state))
    const before = await bitsOf(state)
    const all = await judged(task, state, batch(0, 16))
    expect(await judged(task, state, batch(0, 16))).toEqual(all)
    // examples alone are as they are in company
    const parts = [await judged(task, state, batch(0, 4)), await judged(task, state, batch(4, 12))]
    expect((4 * parts[0].loss + 12 * parts[1].loss) / 16).toBeCloseTo(all.loss, 5)
    expect(await bitsOf(state)).toEqual(before)
  })

  it('gets no key in judging, and a state without one stays', async () => {
    const modes: object[] = []
    const task = gradientTask({
      name: 'modes',
      init: () => ({ params: { w: np.array(1) }, state: { kept: np.array([5]) } }),
      loss: ({ w }, { x }: Points, { state, mode }) => {
        modes.push({ train: mode.train, hasKey: mode.key !== undefined, kept: state.kept.shape })
        return np.mean(x).mul(w)
      },
      optimizer: optim.sgd(0.1),
    })
    const state = await trainOn(task, batches(2))
    await task.judge(state, batch(0, 8))
    expect(modes).toContainEqual({ train: true, hasKey: true, kept: [1] })
    expect(modes.at(-1)).toEqual({ train: false, hasKey: false, kept: [1] })
    expect(state.state.kept.toArray()).toEqual([5])
  })
})

describe('accumulation', () => {
  it('of n batches of b makes the updates of batches of n·b', async () => {
    const optimizer = optim.adam(0.01, { weightDecay: 0.1 })
    const several = await trainOn(plain({ accumulate: 4, optimizer }), batches(8, 6))
    const single = await trainOn(plain({ optimizer }), batches(2, 24))
    const start = numbersOf(plain().init(0).params)
    const moved = (state: { readonly params: NetParams }) =>
      numbersOf(state.params).map((p, i) => p - start[i])
    // Adam divides by the root of squares: an error of rounding weighs most where a gradient is almost zero
    expect(distance(moved(several), moved(single))).toBeLessThan(1e-4)
  })

  it('moves nothing until a round is full', async () => {
    const task = plain({ accumulate: 3 })
    const seen = [numbersOf(task.init(0).params).join()]
    await trainOn(task, batches(7), (state) => {
      seen.push(numbersOf(state.params).join())
    })
    expect(seen.slice(1).map((params, i) => params !== seen[i])).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
      false,
    ])
  })

  it.each([1, 2])('of %d batches counts updates in schedules', async (accumulate) => {
    const rates = [0.5, 0.25, 0.125, 1]
    const rate = (count: Tensor) => np.take(np.array(rates), count.astype('int32'))
    const task = gradientTask({
      name: 'slope',
      init: () => ({ params: { w: np.array(0) }, state: null }),
      loss: ({ w }, { x }: Points) => w.add(np.mean(x).mul(0)),
      optimizer: optim.sgd(rate),
      accumulate,
    })
    const moves: number[] = []
    let before = 0
    await trainOn(task, batches(4 * accumulate, 2), ({ params }) => {
      moves.push(before - params.w.item())
      before = params.w.item()
    })
    const wanted = rates.flatMap((rate) => [...Array(accumulate - 1).fill(0), rate])
    expect(moves).toHaveLength(wanted.length)
    for (const [i, move] of moves.entries()) expect(move).toBeCloseTo(wanted[i], 6)
  })
})

describe('the moving average', () => {
  const decay = 0.8

  it.each([1, 2])('is what is judged, updates of %d batches each weighing decay^age', async (accumulate) => {
    const task = plain({ average: decay, accumulate })
    const past: number[][] = []
    let step = 0
    const state = await trainOn(task, batches(8), (state) => {
      if (++step % accumulate === 0) past.push(numbersOf(state.params))
      const weights = past.map((_, i) => decay ** (past.length - 1 - i))
      const total = weights.reduce((a, b) => a + b, 0)
      const wanted =
        past.length === 0
          ? numbersOf(state.params) // nothing was averaged yet: the model as it is
          : past[0].map((_, j) => past.reduce((sum, p, i) => sum + (weights[i] * p[j]) / total, 0))
      expect(distance(numbersOf(task.variables(state).params), wanted)).toBeLessThan(1e-5)
    })
    expect(past.length).toBe(8 / accumulate)
    const bare = plain()
    const figures = await judged(task, state, batch(0, 32))
    expect(await judged(bare, bare.withVariables(bare.init(0), task.variables(state)), batch(0, 32))).toEqual(
      figures,
    )
    expect(await judged(task, task.withVariables(task.init(1), task.variables(state)), batch(0, 32))).toEqual(
      figures,
    )
    expect(figures.loss).not.toBe(
      (await judged(bare, { ...bare.init(0), params: state.params }, batch(0, 32))).loss,
    )
  })

  it('of a model that has not moved is the model', async () => {
    const task = plain({ average: decay, accumulate: 4 })
    const bare = plain()
    const still = await judged(bare, bare.init(0), batch(0, 32))
    expect(await judged(task, task.init(0), batch(0, 32))).toEqual(still)
    expect(await judged(task, await trainOn(task, batches(3)), batch(0, 32))).toEqual(still)
  })
})

describe('what a loss gives', () => {
  const from = (loss: (w: Tensor, x: Tensor) => unknown, more: object = {}) =>
    gradientTask({
      name: 'loss',
      init: () => ({ params: { w: np.array(2) }, state: null }),
      // what a caller without types may return
      loss: ({ w }, { x }: Points) => loss(w, x) as Tensor,
      optimizer: optim.sgd(0.5),
      ...more,
    })

  it('may be the loss by itself, or weigh it otherwise than by examples', async () => {
    const alone = from((w) => w.mul(3))
    expect(await readMeasured(await alone.step(alone.init(0), batch(0, 6)), 6)).toEqual({
      figures: { loss: 6 },
      weight: 6,
    })
    const weighted = from((w, x) => ({
      loss: w.mul(3),
      weight: np.sum(np.greater(x, -99).astype('float32')),
    }))
    const measured = [
      await readMeasured(await weighted.step(weighted.init(0), batch(0, 6)), 6),
      await readMeasured(await weighted.judge(weighted.init(0), batch(0, 6)), 6),
    ]
    for (const { figures, weight } of measured) {
      expect(figures).toEqual({ loss: 6 })
      expect(weight).toBe(24)
    }
  })

  it('is refused where it is nothing', () => {
    const task = from(() => undefined)
    expect(() => task.step(task.init(0), batch(0, 6))).toThrow(
      'gradientTask: a loss is required, got undefined. Return it.',
    )
  })

  it.each([
    [
      { acumulate: 2 },
      /^gradientTask: options among name, init, .* got acumulate\. Did you mean accumulate\?/,
    ],
    [{ accumulate: 0 }, /multiSteps: .*got 0/],
    [{ accumulate: 1.5 }, /multiSteps: .*got 1\.5/],
    [{ average: 1 }, /parameterAverage: .*got 1/],
    [{ average: -0.1 }, /parameterAverage: .*got -0\.1/],
  ])('is asked for with options: %j is refused', (options, message) => {
    expect(() => from((w) => w, options)).toThrow(message)
  })
})
