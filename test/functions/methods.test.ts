import { deepEqual, deepStrictEqual } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { ConcretizationError, grad, jit, np, type Tensor, vmap } from '../../src/index.js'
import { f64 } from '../ops/doubles.js'

/** Of a type that JS operators take; a tensor, as it is in plain JavaScript. */
const asNumber = (x: Tensor): number => x as never

describe('a tracer where JS wants a number', () => {
  const wrong: Record<string, (x: Tensor) => unknown> = {
    'x * x': (x) => asNumber(x) * asNumber(x),
    'x + 1': (x) => asNumber(x) + 1,
    'x > 0': (x) => (asNumber(x) > 0 ? x : x.neg()),
    'x <= 0': (x) => (asNumber(x) <= 0 ? x : x.neg()),
    '-x': (x) => -asNumber(x),
    'Math.sin(x)': (x) => Math.sin(asNumber(x)),
    'Number(x)': (x) => x.mul(Number(x)),
    "x + ''": (x) =>
      np.array(['x is ', asNumber(x)].reduce((a, b) => (a as number) + (b as number)) as number),
  }
  it.each(Object.entries(wrong))('%s throws, whatever the transform', (_, f) => {
    const g = f as (x: Tensor) => Tensor
    for (const run of [() => grad(g)(np.array(1)), () => jit(g)(np.array(1)), () => vmap(g)(np.array([1]))]) {
      expect(run).toThrow(ConcretizationError)
      expect(run).toThrow(/^number: .* got Tracer<.*Use x\.mul\(y\), np\.sin\(x\).*item\(\)/)
    }
  })

  it('a tensor with a value is one, and text is allowed', () => {
    expect(asNumber(np.array(3)) * asNumber(np.array(2))).toBe(6)
    expect(Math.sqrt(asNumber(np.array([4])))).toBe(2)
    expect(grad((x: Tensor) => x.mul(`${x}`.startsWith('Tracer<f32') ? 2 : 0))(np.array(1)).item()).toBe(2)
  })

  it('item is a constant to the derivative', () => {
    expect(grad((x: Tensor) => x.mul(x.item()))(np.array(3)).item()).toBe(3)
  })
})

describe('iteration', () => {
  const x = np.array([
    [1, 2],
    [3, 4],
  ])

  it('goes over the first axis', () => {
    expect([...x].map((row) => row.toArray())).toEqual([
      [1, 2],
      [3, 4],
    ])
    const [a, b] = np.array([5, 6], { dtype: 'int32' })
    expect([a.item(), b.dtype, b.shape]).toEqual([5, 'int32', []])
    expect([...np.zeros([2, 3])].map((row) => row.shape)).toEqual([[3], [3]])
    expect([...np.zeros([0, 3])]).toEqual([])
    expect([...np.arange(3).mul(2)].map((row) => row.item())).toEqual([0, 2, 4])
  })

  it('is traced like get', () => {
    const f = (y: Tensor) => {
      const [a, b] = y
      return a.mul(b).sum()
    }
    expect(grad(f)(x).toArray()).toEqual([
      [3, 4],
      [1, 2],
    ])
    expect(jit(f)(x).item()).toBe(11)
  })

  it('has nothing to go over in a scalar', () => {
    expect(() => [...np.array(1)]).toThrow(TypeError)
  })
})

describe('JSON', () => {
  it('has the elements, nested', () => {
    expect(JSON.stringify({ w: f64([[1, 2.5]]), b: np.array(3), m: np.array([true]) })).toBe(
      '{"w":[[1,2.5]],"b":3,"m":[true]}',
    )
    expect(() => jit((x: Tensor) => x.mul(JSON.stringify(x).length))(np.array(1))).toThrow(
      ConcretizationError,
    )
  })
})

describe('deep comparison', () => {
  const same: Record<string, readonly [Tensor, Tensor]> = {
    vectors: [np.array([1, 2]), np.array([0, 1]).add(1)],
    scalars: [np.array(3), np.array(2).add(1)],
    'a weak number': [np.array(4), np.add(3, 1)],
    'NaN wherever it comes from': [np.array([Number.NaN, 1]), np.array([0, 1]).div(np.array([0, 1]))],
    'of a number throughout': [np.ones([2, 2]), np.array([[1, 1]]).broadcastTo([2, 2])],
    'without elements': [np.zeros([0, 2]), np.zeros([2, 0]).transpose()],
  }
  const different: Record<string, readonly [Tensor, Tensor]> = {
    'in an element': [np.array([1, 2]), np.array([1, 3])],
    'in a scalar': [np.array(1), np.array(2)],
    'in order': [np.array([1, 2]), np.array([2, 1])],
    'in a row': [np.array([[1, 2]]), np.array([[1, 3]])],
    'in the last bit': [f64([1]), f64([1 + Number.EPSILON])],
    'in the sign of zero': [np.array([0]), np.array([-0])],
    'in dtype': [np.array([1, 2]), np.array([1, 2], { dtype: 'int32' })],
    'in shape': [np.array([1, 2]), np.array([[1, 2]])],
    'in shape without elements': [np.zeros([0]), np.zeros([0, 2])],
    'in length': [np.array([1]), np.array([1, 1])],
  }
  it.each(Object.entries(same))('equals tensors: %s', (_, [a, b]) => {
    expect(a).toEqual(b)
    expect({ w: [a] }).toEqual({ w: [b] })
    expect(a).toStrictEqual(b)
    expect(a).to.eql(b)
    deepStrictEqual([a], [b])
    deepEqual(a, b)
  })
  it.each(Object.entries(different))('tells tensors apart: %s', (_, [a, b]) => {
    expect(a).not.toEqual(b)
    expect({ w: [a] }).not.toEqual({ w: [b] })
    expect(a).not.toStrictEqual(b)
    expect(a).not.to.eql(b)
    expect(() => deepStrictEqual([a], [b])).toThrow()
    expect(() => deepEqual(a, b)).toThrow()
  })

  it('shows the elements where it fails', () => {
    expect(() => expect(np.array([1, 2])).toEqual(np.array([1, 3]))).toThrow()
    expect(() => deepStrictEqual(np.array([1, 2]), np.array([1, 3]))).toThrow(/f32\[2\] \[1, 2\]/)
  })

  it('takes a second for fifty thousand elements at most', () => {
    const [a, b] = [np.arange(50_000), np.arange(50_000).add(0)]
    expect(a).toEqual(b)
    expect(a.reshape([50, 1000])).toEqual(b.reshape([50, 1000]))
  }, 10_000)
})

describe('comparisons by their short names', () => {
  const x = np.array([1, 2, Number.NaN])
  const expected = {
    eq: [false, true, false],
    ne: [true, false, true],
    lt: [true, false, false],
    le: [true, true, false],
    gt: [false, false, false],
    ge: [false, true, false],
  }

  it.each(Object.entries(expected))('%s', (name, values) => {
    const compare = (y: Tensor) => y[name as keyof typeof expected](2)
    expect(compare(x).toArray()).toEqual(values)
    expect(jit(compare)(x).toArray()).toEqual(values)
  })

  it('take tensors that are broadcast', () => {
    expect(
      np
        .array([[1], [3]])
        .gt(np.array([0, 2]))
        .toArray(),
    ).toEqual([
      [true, false],
      [true, true],
    ])
  })
})
