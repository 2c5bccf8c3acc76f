import { describe, expect, it } from 'vitest'
import { ConcretizationError, jit, nn, np, random, ShapeError, scan, type Tensor } from '../../src/index.js'
import * as lax from '../../src/lax.js'

/** Of a type that is a number; a tensor, as it is in plain JavaScript. */
const asNumber = (x: Tensor): number => x as never

const x = np.ones([4])
const image = np.ones([1, 1, 4, 4])
const key = random.key(0)
const uses: Record<string, (n: number) => unknown> = {
  arange: (n) => np.arange(n),
  'arange to': (n) => np.arange(0, n),
  zeros: (n) => np.zeros(n),
  'full of several': (n) => np.full([1, n], 2),
  fullLike: (n) => np.zerosLike(x, { shape: n }),
  eye: (n) => np.eye(n),
  tri: (n) => np.tri(2, n),
  linspace: (n) => np.linspace(0, 1, n),
  reshape: (n) => x.reshape([n, 2]),
  'reshape, one by one': (n) => x.reshape(n, 2),
  transpose: (n) => image.transpose(0, 1, n, 3),
  broadcastTo: (n) => np.broadcastTo(1, n),
  tile: (n) => np.tile(x, n),
  repeat: (n) => np.repeat(x, n),
  split: (n) => np.split(x, n),
  roll: (n) => np.roll(x, n),
  pad: (n) => np.pad(x, n),
  sum: (n) => np.sum(image, { axis: n }),
  softmax: (n) => nn.softmax(image, n),
  expandDims: (n) => np.expandDims(image, n),
  'a range': (n) => x.get({ start: n, stop: 4 }),
  oneHot: (n) => nn.oneHot([1, 0], n),
  normal: (n) => random.normal(key, n),
  'normal of several': (n) => random.normal(key, [n, 2]),
  bernoulli: (n) => random.bernoulli(key, 0.5, n),
  choice: (n) => random.choice(key, n),
  'choice, shape': (n) => random.choice(key, 3, n),
  categorical: (n) => random.categorical(key, x, { shape: n }),
  permutation: (n) => random.permutation(key, n),
  randint: (n) => random.randint(key, [2], 0, n),
  'split of a key': (n) => random.split(key, n),
  topK: (n) => lax.topK(x, n),
  dynamicSlice: (n) => lax.dynamicSlice(x, [0], [n]),
  'a window': (n) => nn.functional.maxPool(image, { window: n }),
  stride: (n) => nn.functional.conv2d(image, np.ones([1, 1, 2, 2]), { stride: n }),
  padding: (n) => nn.functional.conv2d(image, np.ones([1, 1, 2, 2]), { padding: [n, 1] }),
  'a layer': (n) => nn.linear(2, n),
  'the length of a loop': (n) =>
    scan((c: Tensor) => [c.add(1), c] as [Tensor, Tensor], np.zeros([]), null, { length: n }),
}

describe('numbers that have to be known', () => {
  it.each(Object.entries(uses))('%s takes no tracer, and says so', (_, use) => {
    const f = (n: Tensor) => {
      use(asNumber(n))
      return n
    }
    expect(() => jit(f)(np.array(2))).toThrow(ConcretizationError)
  })
  it.each(Object.entries(uses))('%s takes a number', (_, use) => {
    expect(() => use(2)).not.toThrow()
  })

  it('the error says what to do', () => {
    expect(() => jit((n: Tensor) => np.arange(asNumber(n)))(np.array(3))).toThrow(
      'arange: plain numbers are required as bounds, got f32[], which is being traced. Take it from a shape, or name the argument in staticArgs.',
    )
    expect(() => np.zeros([asNumber(np.array(3))])).toThrow(
      'zeros: plain numbers are required as sizes, got f32[]. Use x.item().',
    )
    expect(() => jit((n: Tensor) => x.get({ start: asNumber(n), stop: 4 }))(np.array(1))).toThrow(
      /lax\.dynamicSlice/,
    )
    for (const wrong of [undefined, null, '3', [[2]], {}])
      expect(() => np.zeros(wrong as never)).toThrow(ShapeError)
  })

  it('one number is a shape of one axis, and methods take them one by one', () => {
    expect(np.zeros(3).shape).toEqual([3])
    expect(np.ones(2).toArray()).toEqual([1, 1])
    expect(np.full(2, 7).toArray()).toEqual([7, 7])
    expect(x.reshape(2, 2).shape).toEqual([2, 2])
    expect(x.reshape(2, -1).shape).toEqual([2, 2])
    expect(x.reshape(4).shape).toEqual([4])
    expect(np.ones([2, 3]).transpose(1, 0).shape).toEqual([3, 2])
    expect(np.ones([2, 3]).transpose([1, 0]).shape).toEqual([3, 2])
    expect(np.ones([2, 3]).transpose().shape).toEqual([3, 2])
    expect(random.normal(key, 3).toArray()).toEqual(random.normal(key, [3]).toArray())
    expect(random.uniform(key, 3).shape).toEqual([3])
  })
})
