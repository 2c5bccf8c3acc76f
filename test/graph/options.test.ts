import { describe, expect, it } from 'vitest'
import { GradError, nn, np } from '../../src/index.js'

/** Calls of a program without types. */
const untyped = <R>(f: (...args: never[]) => R, ...args: readonly unknown[]): R =>
  Reflect.apply(f, undefined, args) as R

const x = np.array([
  [1, 2],
  [3, 5],
])

describe('options that there are not', () => {
  it('are refused by name, with the likeliest that there is, and all of them', () => {
    const axes = () => untyped(np.sum, x, { axes: 0 })
    expect(axes).toThrow(GradError)
    expect(axes).toThrow('sum: options among axis, keepdims are required, got axes. Did you mean axis?')
    expect(() => untyped(np.max, x, { keepDims: true })).toThrow('Did you mean keepdims?')
    expect(() => untyped(np.allclose, x, x, { epsilon: 1 })).toThrow(
      /^allclose: options among rtol, atol, equalNan are required, got epsilon\.$/,
    )
    expect(() => untyped(nn.functional.maxPool, np.ones([1, 1, 4, 4]), { window: 2, pad: 1 })).toThrow(
      'maxPool: options among window, stride, padding are required, got pad. Did you mean padding?',
    )
  })

  it('are refused on methods and on updates by name, too', () => {
    expect(() => Reflect.apply(x.sum, x, [{ axes: 0 }])).toThrow('Did you mean axis?')
  })

  it('are no tensors, numbers or arrays', () => {
    expect(() => untyped(np.norm, x, 1)).toThrow(
      'norm: options among axis, keepdims, ord are required, got 1.',
    )
    expect(() => untyped(nn.gelu, x, x)).toThrow('got f32[2,2]')
    expect(() => untyped(np.zeros, [2], 'int32')).toThrow(
      "zeros: options among dtype are required, got 'int32'",
    )
    expect(() => untyped(np.zeros, [2], null)).toThrow('got null')
  })

  it('may be undefined, as may be all of them', () => {
    expect(np.sum(x, { axis: undefined }).item()).toBe(11)
    expect(np.sum(x, undefined).item()).toBe(11)
  })

  it('have values that there are', () => {
    const images = np.ones([1, 1, 4, 4])
    expect(() => untyped(nn.functional.conv2d, images, np.ones([1, 1, 3, 3]), { padding: 'valid' })).toThrow(
      "padding: 'SAME', 'VALID' or pairs are required, got 'valid'.",
    )
    expect(() => untyped(nn.functional.avgPool, images, { window: 2, padding: 'same' })).toThrow("got 'same'")
  })
})

describe('an axis', () => {
  const cases: readonly (readonly [string, (axis: number | { readonly axis: number }) => unknown])[] = [
    ['sum', (a) => np.sum(x, a)],
    ['x.sum', (a) => x.sum(a)],
    ['mean', (a) => np.mean(x, a)],
    ['x.max', (a) => x.max(a)],
    ['std', (a) => np.std(x, a)],
    ['x.var', (a) => x.var(a)],
    ['all', (a) => np.all(x, a)],
    ['countNonzero', (a) => np.countNonzero(x, a)],
    ['argmax', (a) => np.argmax(x, a)],
    ['x.argmin', (a) => x.argmin(a)],
    ['cumsum', (a) => np.cumsum(x, a)],
    ['x.cumprod', (a) => x.cumprod(a)],
    ['softmax', (a) => nn.softmax(x, a)],
    ['logSoftmax', (a) => nn.logSoftmax(x, a)],
    ['logsumexp', (a) => np.logsumexp(x, a)],
    ['sort', (a) => np.sort(np.flip(x), a)],
    ['argsort', (a) => np.argsort(np.flip(x), a)],
    ['quantile', (a) => np.quantile(x, 0.25, a)],
    ['median', (a) => np.median(x, a)],
    ['split', (a) => np.split(x, 2, a)],
    ['concatenate', (a) => np.concatenate([x, x], a)],
    ['stack', (a) => np.stack([x, x], a)],
    ['repeat', (a) => np.repeat(x, 2, a)],
    ['take', (a) => np.take(x, [1], a)],
    ['takeAlongAxis', (a) => np.takeAlongAxis(x, np.array([[1], [0]], { dtype: 'int32' }), a)],
    ['flip', (a) => np.flip(x, a)],
    ['roll', (a) => np.roll(x, 1, a)],
    ['squeeze', (a) => np.squeeze(np.ones([2, 1]), a)],
    ['expandDims', (a) => np.expandDims(x, a)],
    ['x.expandDims', (a) => x.expandDims(a)],
    ['oneHot', (a) => nn.oneHot([0, 1], 2, a)],
    ['cosineSimilarity', (a) => nn.cosineSimilarity(x, np.flip(x), a)],
    ['meanSquaredError', (a) => nn.meanSquaredError(x, 1, a)],
  ]

  it.each(cases)('is the same to %s by itself and as an option', (_name, f) => {
    expect(String(f(1))).toBe(String(f({ axis: 1 })))
  })

  it('goes before other options, or among them', () => {
    expect(np.sum(x, 1, { keepdims: true }).toArray()).toEqual([[3], [8]])
    expect(x.argmax(0, { keepdims: true }).toArray()).toEqual([[1, 1]])
    expect(x.sum([0, 1], { keepdims: true }).shape).toEqual([1, 1])
    expect(np.sum(x, null).item()).toBe(11)
  })

  it('by itself is that of PyTorch and NumPy', () => {
    expect(x.sum(0).toArray()).toEqual([4, 7])
    expect(np.argmax(x, 1).toArray()).toEqual([1, 1])
    expect(np.allclose(nn.softmax(x, 0).sum(0), 1)).toBe(true)
  })

  it('is given once, and is a number', () => {
    expect(() => untyped(np.sum, x, { axis: 0 }, { keepdims: true })).toThrow(
      'sum: options once are required',
    )
    expect(() => untyped(np.sum, x, 0, { axis: 1 })).toThrow(
      'sum: options among keepdims are required, got axis.',
    )
    expect(() => untyped(np.cumsum, x, 0, { reverse: true })).toThrow(
      'cumsum: no options are required, got reverse.',
    )
    expect(() => untyped(np.sum, x, 0, true)).toThrow('got true')
    expect(() => untyped(np.sum, x, 'rows')).toThrow(
      "sum: an axis of a tensor of rank 2 is required, got 'rows'.",
    )
    expect(() => untyped(np.expandDims, x)).toThrow('expandDims: an axis')
    expect(() => [x, x].map((...args) => untyped(np.sum, ...args))).toThrow('got an array')
  })
})
