import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkGrads } from '../../../src/debug.js'
import { DTypeError, grad, jvp, nn, np, random, ShapeError, type Tensor, vmap } from '../../../src/index.js'
import * as lax from '../../../src/lax.js'
import { f64, plain } from '../../ops/doubles.js'

const image = (rows: readonly (readonly number[])[]): Tensor =>
  f64(rows).reshape([1, 1, rows.length, rows[0].length])

/** The derivative of Σ weights·f(x) with respect to x. */
const slopes = (f: (x: Tensor) => Tensor, x: Tensor, weights: readonly number[]): readonly number[] =>
  plain(grad((t: Tensor) => np.ravel(f(t)).mul(f64(weights)).sum())(x) as Tensor)

describe('maxPool', () => {
  it('gives the derivative of a tie to the first element, in row-major order', () => {
    const x = image([
      [7, 7, 1, 5],
      [7, 7, 5, 5],
    ])
    const pool = (t: Tensor) => nn.functional.maxPool(t, { window: 2 })
    expect(plain(pool(x))).toEqual([7, 5])
    expect(slopes(pool, x, [10, 100])).toEqual([10, 0, 0, 100, 0, 0, 0, 0])
  })

  it('adds up the derivatives of windows that share an element', () => {
    const pool = (t: Tensor) => nn.functional.maxPool(t, { window: 2, stride: 1 })
    expect(slopes(pool, f64([1, 3, 3, 2]).reshape([1, 1, 4]), [1, 10, 100])).toEqual([0, 11, 100, 0])
  })

  it('never chooses the padding, even beside −∞', () => {
    const pool = (t: Tensor) => nn.functional.maxPool(t, { window: 2, stride: 2, padding: 1 })
    const x = f64([-Infinity, -5]).reshape([1, 1, 2])
    expect(plain(pool(x))).toEqual([-Infinity, -5])
    expect(slopes(pool, x, [1, 10])).toEqual([1, 10])
  })

  it('lets NaN win, the first one having the derivative', () => {
    const pool = (t: Tensor) => nn.functional.maxPool(t, { window: 3 })
    const x = f64([1, NaN, NaN, 4, 5, 6]).reshape([1, 1, 6])
    expect(plain(pool(x))).toEqual([NaN, 6])
    expect(slopes(pool, x, [1, 1])).toEqual([0, 1, 0, 0, 0, 1])
  })

  it('has the same ties in forward mode', () => {
    const x = f64([2, 2, 1, 1]).reshape([1, 1, 4])
    const dx = f64([1, 10, 100, 1000]).reshape([1, 1, 4])
    const [, tangent] = jvp((t: Tensor) => nn.functional.maxPool(t, { window: 2 }), [x], [dx])
    expect(plain(tangent)).toEqual([1, 100])
  })

  it('has second derivatives through the chosen elements', () => {
    const f = (t: Tensor) => nn.functional.maxPool(np.square(t), { window: 2 }).sum()
    const second = grad((t: Tensor) => (grad(f)(t) as Tensor).sum())
    expect(plain(second(f64([1, -3, 2, 2]).reshape([1, 1, 4])) as Tensor)).toEqual([0, 2, 2, 0])
  })

  it('pools integers, and any number of axes', () => {
    const x = np.array(Int32Array.of(3, -1, 4, 2)).reshape([1, 1, 4])
    expect(plain(nn.functional.maxPool(x, { window: 2 }))).toEqual([3, 4])
    expect(nn.functional.maxPool(np.ones([2, 3, 4, 4, 4]), { window: 2 }).shape).toEqual([2, 3, 2, 2, 2])
    expect(nn.functional.maxPool(np.ones([2, 3, 5, 5]), { window: [3, 2], stride: [2, 1] }).shape).toEqual([
      2, 3, 2, 4,
    ])
    expect(nn.functional.maxPool(np.ones([1, 1, 5]), { window: 2, padding: 'SAME' }).shape).toEqual([1, 1, 3])
  })

  it('in its general form is empty, with derivative 0, where the window is larger than x', () => {
    const pool = (t: Tensor) => lax.reduceWindowMax(t, { window: [1, 1, 3] })
    const x = np.ones([1, 1, 2], { dtype: 'float64' })
    expect(pool(x).shape).toEqual([1, 1, 0])
    expect(slopes(pool, x, [])).toEqual([0, 0])
    expect(jvp(pool, [x], [x])[1].shape).toEqual([1, 1, 0])
  })

  it.each([
    [[2, 3], { window: [2] }, 'one for each of 0 spatial axes'],
    [[1, 1, 4], { window: 0 }, 'window sizes, got 0 for axis 2'],
    [[1, 1, 4], { window: 2, stride: 0 }, 'strides, got 0 for axis 2'],
    [[1, 1, 4], { window: 2, padding: [[1, 0.5]] as const }, 'got [1,0.5] for axis 2'],
    [[4], { window: 2 }, 'spatial axes'],
  ])('refuses x %j with %j', (shape, options, message) => {
    const run = () => nn.functional.maxPool(np.ones(shape), options)
    expect(run).toThrow(ShapeError)
    expect(run).toThrow(message)
  })
})

describe('avgPool', () => {
  it('counts padding as zeros, or not at all', () => {
    const x = image([
      [4, 8],
      [12, 16],
    ])
    const options = { window: 2, stride: 2, padding: 1 }
    expect(plain(nn.functional.avgPool(x, options))).toEqual([1, 2, 3, 4])
    expect(plain(nn.functional.avgPool(x, { ...options, countIncludePad: false }))).toEqual([4, 8, 12, 16])
  })

  it('has the gradients that differences give', () => {
    const x = f64([1, -2, 3, 5, 0.5, 7]).reshape([1, 2, 3])
    const options = { window: 2, stride: 1, padding: [[0, 1]] as const, countIncludePad: false }
    checkGrads((t: Tensor) => np.sin(nn.functional.avgPool(t, options)).sum(), [x])
  })

  it('makes floats of integers', () => {
    const out = nn.functional.avgPool(np.array(Int32Array.of(1, 2)).reshape([1, 1, 2]), { window: 2 })
    expect(out.dtype).toBe('float32')
    expect(plain(out)).toEqual([1.5])
  })
})

describe('reduceWindowMax and reduceWindowMin', () => {
  it('have the least and greatest values where a window has no element', () => {
    const x = np.array(Int32Array.of(1))
    const options = { window: [1], padding: [[1, 0]] as const }
    expect(plain(lax.reduceWindowMax(x, options))).toEqual([-2147483648, 1])
    expect(plain(lax.reduceWindowMin(x, options))).toEqual([2147483647, 1])
    expect(plain(lax.reduceWindowMax(f64([1]), options))).toEqual([-Infinity, 1])
  })

  it('have ties by first place among gaps as well', () => {
    const min = (t: Tensor) =>
      lax.reduceWindowMin(t, { window: [3], baseDilation: [2], windowDilation: [2], padding: [[2, 0]] })
    // elements at 0, 2, 4, 6; windows at −2 + {0, 2, 4}, −1 + …, 0 + …
    const x = f64([1, 1, 2, 1])
    expect(plain(min(x))).toEqual([1, Infinity, 1, Infinity, 1])
    expect(slopes(min, x, [1, 0, 10, 0, 100])).toEqual([11, 100, 0, 0])
  })

  it('refuse bools', () => {
    expect(() => lax.reduceWindowMax(np.array([true]), { window: [1] })).toThrow(DTypeError)
  })
})

const int = (min: number, max: number) => fc.integer({ min, max })

/** Two axes with few different values, so that most windows have ties. */
const tied = fc.record({
  rows: int(1, 5),
  columns: int(1, 5),
  window: fc.tuple(int(1, 3), int(1, 3)),
  strides: fc.tuple(int(1, 3), int(1, 3)),
  padding: fc.tuple(fc.tuple(int(-1, 2), int(-1, 2)), fc.tuple(int(-1, 2), int(-1, 2))),
  windowDilation: fc.tuple(int(1, 2), int(1, 2)),
  values: fc.array(fc.constantFrom(0, 1, 2, NaN, -Infinity), { minLength: 25, maxLength: 25 }),
  select: fc.constantFrom('max' as const, 'min' as const),
})

describe('selectAndScatterAdd', () => {
  it('adds each element where the first extremum of its window is', () => {
    fc.assert(
      fc.property(tied, ({ rows, columns, values, select, ...windows }) => {
        const data = values.slice(0, rows * columns)
        const x = f64(data).reshape([rows, columns])
        const shape = [rows, columns]
        const counts = shape.map((d, i) => {
          const [low, high] = windows.padding[i]
          const room = d + low + high - (windows.window[i] - 1) * windows.windowDilation[i] - 1
          return room < 0 ? 0 : Math.floor(room / windows.strides[i]) + 1
        })
        const want = data.map(() => 0)
        let next = 1
        const source: number[] = []
        const picked: number[] = []
        for (let r = 0; r < counts[0]; r++) {
          for (let c = 0; c < counts[1]; c++) {
            let best = -1
            for (let i = 0; i < windows.window[0]; i++) {
              for (let j = 0; j < windows.window[1]; j++) {
                const row = r * windows.strides[0] + i * windows.windowDilation[0] - windows.padding[0][0]
                const column = c * windows.strides[1] + j * windows.windowDilation[1] - windows.padding[1][0]
                if (row < 0 || row >= rows || column < 0 || column >= columns) continue
                const at = row * columns + column
                const beyond = select === 'max' ? data[at] > data[best] : data[at] < data[best]
                const nan = Number.isNaN(data[at]) && !Number.isNaN(data[best])
                if (best < 0 || beyond || nan) best = at
              }
            }
            if (best >= 0) want[best] += next
            picked.push(best < 0 ? 0 : best + 1)
            source.push(next++)
          }
        }
        const ys = f64(source).reshape(counts)
        const scattered = lax.selectAndScatterAdd(x, ys, { ...windows, select })
        expect(scattered.shape).toEqual(shape)
        expect(plain(scattered)).toEqual(want)
        const numbered = f64(data.map((_, i) => i + 1)).reshape(shape)
        expect(plain(lax.selectAndGatherAdd(numbered, x, { ...windows, select }))).toEqual(picked)
        const reduce = select === 'max' ? lax.reduceWindowMax : lax.reduceWindowMin
        expect(slopes((t) => reduce(t, windows), x, source)).toEqual(want)
      }),
      { numRuns: 300 },
    )
  })

  it('is linear in the source, maps over batches, and refuses sources of another shape', () => {
    const x = f64([1, 5, 5, 2])
    const scatter = (s: Tensor) => lax.selectAndScatterAdd(x, s, { window: [2] })
    expect(slopes(scatter, f64([1, 2, 3]), [1, 10, 100, 1000])).toEqual([10, 10, 100])
    const sources = f64([
      [1, 2, 3],
      [10, 20, 30],
    ])
    expect(plain(vmap(scatter)(sources))).toEqual([0, 3, 3, 0, 0, 30, 30, 0])
    expect(() => scatter(f64([1, 2]))).toThrow(ShapeError)
  })
})

describe('windows that do not fit', () => {
  const x = np.ones([1, 1, 3, 3])
  const cases: Record<string, () => unknown> = {
    'maxPool 5 of 3×3': () => nn.functional.maxPool(x, { window: 5 }),
    'avgPool 5 of 3×3': () => nn.functional.avgPool(x, { window: 5 }),
    'a layer of pools': () => nn.maxPool({ window: 5 }).call(null, x),
    'conv2d 5 of 3×3': () => nn.functional.conv2d(x, np.ones([1, 1, 5, 5])),
    'conv1d, dilated': () => nn.functional.conv1d(np.ones([1, 1, 4]), np.ones([1, 1, 3]), { dilation: 2 }),
    'conv3d along one axis': () => nn.functional.conv3d(np.ones([1, 1, 2, 3, 3]), np.ones([1, 1, 3, 1, 1])),
    'a layer of convolutions': () => {
      const layer = nn.conv2d(1, 1, 5)
      return layer.call(layer.init(random.key(0)).params, x)
    },
  }
  it.each(Object.entries(cases))('%s throws', (_, run) => {
    expect(run).toThrow(ShapeError)
    expect(run).toThrow(/an input that its windows fit into is required, got f32\[1,1,/)
  })
  it('the error names the layer', () => {
    expect(cases['a layer of convolutions']).toThrow('conv2d(1, 1, 5): ')
    expect(cases['a layer of pools']).toThrow('maxPool(5): ')
  })

  it('those that lie in the padding have no maximum, and no mean without it', () => {
    const padded = { window: 2, stride: 1, padding: 2 }
    expect(() => nn.functional.maxPool(x, padded)).toThrow(
      /windows with an element of the input are required/,
    )
    expect(() => nn.functional.maxPool(x, { window: 2, stride: 1, padding: [[0, 2], 0] })).toThrow(ShapeError)
    expect(() => nn.functional.avgPool(x, { ...padded, countIncludePad: false })).toThrow(ShapeError)
    expect(nn.functional.avgPool(x, padded).get(0, 0, 0, 0).item()).toBe(0)
    expect(nn.functional.maxPool(x, { window: 3, stride: 1, padding: 2 }).shape).toEqual([1, 1, 5, 5])
    // the last window would begin behind x, and is not there
    expect(nn.functional.maxPool(x, { window: 2, stride: 3, padding: 1 }).shape).toEqual([1, 1, 2, 2])
  })
})
