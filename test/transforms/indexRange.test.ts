import { describe, expect, it } from 'vitest'
import * as debug from '../../src/debug.js'
import {
  GradError,
  grad,
  IndexError,
  type IndexMode,
  jit,
  nn,
  np,
  random,
  scan,
  type Tensor,
  vmap,
} from '../../src/index.js'
import * as lax from '../../src/lax.js'
import { f64, plain } from '../ops/doubles.js'

const int32 = (values: number | readonly number[]) => np.array(values, { dtype: 'int32' })
const x = np.array([1, 2, 3])
const rows = f64([
  [1, 2],
  [3, 4],
])

describe('positions out of range whose values are known', () => {
  const layer = nn.embedding(3, 2)
  const { params } = layer.init(random.key(0))
  const logits = np.ones([2, 3])
  const cases: Record<string, () => unknown> = {
    'x.get(5)': () => x.get(5),
    'x.get(-4)': () => x.get(-4),
    'x.get([0, 3])': () => x.get([0, 3]),
    'x.get(tensor)': () => x.get(int32(3)),
    'x.get(uint32)': () => x.get(np.array([4294967295], { dtype: 'uint32' })),
    'x.at(i).get()': () => x.at([3]).get(),
    'x.at(3).set(1)': () => x.at(3).set(1),
    'x.at(i).add(1)': () => x.at(int32([0, 3])).add(1),
    'an empty axis': () => np.zeros([0]).get(0),
    take: () => np.take(rows, [0, 2], 1),
    'take of a number': () => np.take(rows, 4),
    'take of what was computed': () => np.take(rows, int32([0, 1]).add(1), 0),
    takeAlongAxis: () => np.takeAlongAxis(rows, int32([2, 0]).reshape([2, 1]), 1),
    'an embedding': () => layer.call(params, int32([3, -1])),
    'a class label': () => nn.softmaxCrossEntropy(logits, int32([0, 3])),
    'a negative class label': () => nn.softmaxCrossEntropy(logits, int32([0, -1])),
    oneHot: () => nn.oneHot([0, 3], 3),
    'oneHot of -1': () => nn.oneHot(-1, 3),
    'lax.gather': () => lax.gather(x, [int32([3])], [0]),
    'lax.gather of -1': () => lax.gather(x, [int32([-1])], [0]),
    'lax.scatterAdd': () => lax.scatterAdd(x, [int32([3])], np.ones([1]), [0]),
    'lax.scatterSet': () => lax.scatterSet(x, [int32([3])], np.ones([1]), [0]),
    'a number under jit': () => jit((y: Tensor) => y.get(5))(x),
    'a constant under jit': () => jit((y: Tensor) => y.get(int32([5])))(x),
    'a constant under grad': () => grad((y: Tensor) => y.get(int32([5])).sum())(x),
    'a constant under vmap': () => vmap((y: Tensor) => y.get(2))(rows),
  }
  it.each(Object.entries(cases))('%s throws', (_, run) => {
    expect(run).toThrow(IndexError)
  })

  it('the error names operation, range, position and place', () => {
    expect(cases['an embedding']).toThrow(
      "embedding(3, 2): indices from -3 to 2 are required for axis 0 of f32[3,2], got 3 at element 0 of i32[2]. Choose another, or a mode ('clip', 'wrap', 'fill').",
    )
    expect(cases['x.get(5)']).toThrow('get: indices from -3 to 2 are required for axis 0 of f32[3], got 5.')
    expect(cases['a class label']).toThrow(
      'softmaxCrossEntropy: labels from 0 to 2 are required for logits f32[2,3], got 3 at element 1 of i32[2].',
    )
    expect(cases['x.at(3).set(1)']).toThrow(/^at\.set: /)
  })
})

describe('modes', () => {
  const at = int32([-1, 3, -5, 0])
  const reads = { clip: [3, 3, 1, 1], wrap: [3, 1, 2, 1], fill: [3, Number.NaN, Number.NaN, 1] }
  const writes = { clip: [3, 2, 5], wrap: [3, 3, 4], fill: [2, 2, 4], drop: [2, 2, 4] }

  it('say what is read, whether positions are known or not', () => {
    for (const [mode, want] of Object.entries(reads) as [keyof typeof reads, number[]][]) {
      const ways: Record<string, (y: Tensor, i: Tensor) => Tensor> = {
        take: (y, i) => np.take(y, i, 0, { mode }),
        'at.get': (y, i) => y.at(i).get({ mode }),
        takeAlongAxis: (y, i) => np.takeAlongAxis(y, i, 0, { mode }),
        embedding: (y, i) =>
          nn
            .embedding(3, 1, { mode })
            .call({ weight: y.reshape([3, 1]) }, i)
            .reshape([4]),
      }
      for (const [name, way] of Object.entries(ways)) {
        expect(way(x, at).toArray(), `${name} ${mode}`).toEqual(want)
        expect(jit(way)(x, at).toArray(), `${name} ${mode} traced`).toEqual(want)
      }
      expect(x.at([-1, 3, -5, 0]).get({ mode }).toArray()).toEqual(want)
      expect(
        [-1, 3, -5, 0].map((i) => x.at(i).get({ mode }).item()),
        mode,
      ).toEqual(want)
    }
  })

  it('say what is written', () => {
    for (const [mode, want] of Object.entries(writes) as [IndexMode, number[]][]) {
      const add = (y: Tensor, i: Tensor) => y.at(i).add(1, { mode })
      expect(add(x, at).toArray(), mode).toEqual(want)
      expect(jit(add)(x, at).toArray(), mode).toEqual(want)
      const one = (y: Tensor, i: Tensor) => y.at(i).set(9, { mode })
      const single = { clip: [1, 2, 9], wrap: [1, 9, 3] }[mode as string] ?? [1, 2, 3]
      expect(one(x, int32(4)).toArray(), mode).toEqual(single)
      expect(jit(one)(x, int32(4)).toArray(), mode).toEqual(single)
      expect(x.at(4).set(9, { mode }).toArray(), mode).toEqual(single)
    }
  })

  it('serve the general form', () => {
    const places = [int32([2, 3, -1])]
    expect(lax.gather(x, places, [0], { mode: 'clip' }).toArray()).toEqual([3, 3, 1])
    expect(lax.gather(x, places, [0], { mode: 'wrap' }).toArray()).toEqual([3, 1, 3])
    expect(lax.gather(x, places, [0], { mode: 'fill', fillValue: 7 }).toArray()).toEqual([3, 7, 7])
    const updates = np.array([10, 20, 30])
    expect(lax.scatterAdd(x, places, updates, [0], { mode: 'drop' }).toArray()).toEqual([1, 2, 13])
    expect(lax.scatterAdd(x, places, updates, [0], { mode: 'clip' }).toArray()).toEqual([31, 2, 33])
    expect(lax.scatterAdd(x, places, updates, [0], { mode: 'wrap' }).toArray()).toEqual([21, 2, 43])
  })

  it("'promise_in_bounds' is not looked at", () => {
    expect(x.at(at).get({ mode: 'promise_in_bounds' }).shape).toEqual([4])
    expect(debug.indices(() => x.at(at).get({ mode: 'promise_in_bounds' })).shape).toEqual([4])
  })

  it('refuses others', () => {
    const mode = 'clamp' as IndexMode
    for (const run of [() => np.take(x, [0], 0, { mode }), () => x.at(0).set(1, { mode })])
      expect(run).toThrow(GradError)
    expect(() => x.at(0).get({ mode })).toThrow(
      'at.get: a mode of clip, wrap, fill, drop, promise_in_bounds is required, got clamp.',
    )
  })
})

describe('traced positions out of range', () => {
  it('are clipped where they read, and dropped where they write', () => {
    expect(jit((y: Tensor, i: Tensor) => y.get(i))(x, int32([3, -4])).toArray()).toEqual([3, 1])
    expect(jit((y: Tensor, i: Tensor) => y.at(i).set(0))(x, int32([3, -4, 1])).toArray()).toEqual([1, 0, 3])
    expect(jit((i: Tensor) => nn.oneHot(i, 2))(int32([2, -1, 1])).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
    ])
  })

  it('as class labels give NaN, in the derivative too', () => {
    const loss = (z: Tensor, labels: Tensor) => nn.softmaxCrossEntropy(z, labels)
    const z = np.zeros([2, 2])
    expect(plain(jit(loss)(z, int32([2, 0])))).toEqual([Number.NaN, Math.fround(Math.log(2))])
    const slopes = jit(grad((y: Tensor, labels: Tensor) => loss(y, labels).sum()))(z, int32([2, 0]))
    expect(slopes.toArray()).toEqual([
      [Number.NaN, Number.NaN],
      [-0.5, 0.5],
    ])
  })
})

describe('debug.indices', () => {
  const said = (body: () => unknown): string => {
    try {
      debug.indices(body)
    } catch (error) {
      if (error instanceof IndexError) return error.message
      throw error
    }
    return 'nothing'
  }
  const get = jit((y: Tensor, i: Tensor) => y.get(i).mul(2))

  it('names the operation and the line, for functions that were traced without it too', () => {
    expect(get(x, int32([0, 3])).toArray()).toEqual([2, 6])
    expect(said(() => get(x, int32([0, 3])))).toMatch(
      /^get: indices from -3 to 2 are required for axis 0 of f32\[3\], got 3 at element 1 of i32\[2\], asked for at .*indexRange\.test\.ts:\d+/,
    )
    expect(said(() => get(x, int32([0, -3])))).toBe('nothing')
    expect(get(x, int32([0, 3])).toArray()).toEqual([2, 6])
    expect(get.retraces()).toEqual(['debug.indices was turned on or off'])
    expect(get.traceCount()).toBe(2)
  })

  it('looks at writes, labels, embeddings, into loops, lanes and derivatives', () => {
    const layer = nn.embedding(3, 2)
    const { params } = layer.init(random.key(0))
    const far = int32([0, 4])
    const near = int32([0, 1])
    const ways: Record<string, (i: Tensor) => unknown> = {
      'at.add': jit((i: Tensor) => x.at(i).add(1)),
      'embedding(3, 2)': jit((i: Tensor) => layer.call(params, i)),
      softmaxCrossEntropy: jit((i: Tensor) => nn.softmaxCrossEntropy(np.zeros([2, 3]), i)),
      oneHot: jit((i: Tensor) => nn.oneHot(i, 3)),
      take: jit(vmap((i: Tensor) => np.take(x, i))),
      takeAlongAxis: jit((i: Tensor) => np.takeAlongAxis(x, i, 0)),
      gather: jit((i: Tensor) => lax.gather(x, [i], [0])),
      scatterMax: jit((i: Tensor) => lax.scatterMax(x, [i], np.ones([2]), [0])),
      get: jit((i: Tensor) => scan((c: Tensor, k: Tensor) => [c.add(x.get(k)), c], np.array(0), i)),
      'at.get': (i) => grad((y: Tensor, k: Tensor) => jit((z: Tensor) => z.at(k).get().sum())(y))(x, i),
    }
    for (const [name, way] of Object.entries(ways)) {
      expect(said(() => way(far)).split(': ')[0]).toBe(name)
      expect(
        said(() => way(near)),
        name,
      ).toBe('nothing')
    }
  })

  it('can be turned on for good', () => {
    debug.setIndices(true)
    try {
      expect(() => get(x, int32([3]))).toThrow(IndexError)
    } finally {
      debug.setIndices(false)
    }
  })
})
