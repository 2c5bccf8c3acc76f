import { describe, expect, it } from 'vitest'
import { DTypeError, jit, np, type Tensor, type TensorLike } from '../../src/index.js'

const ints = np.arange(0, 8, 2)
const bools = [true, false, true, false]
const a = np.array(bools)
const b = np.array([true, true, false, false])

describe('fractions beside integers make float32 of them', () => {
  const cases: Readonly<Record<string, readonly [() => Tensor, readonly unknown[], string]>> = {
    mul: [() => ints.mul(-0.5), [-0, -1, -2, -3], 'float32'],
    greater: [() => ints.greater(1.5), [false, true, true, true], 'bool'],
    where: [() => np.where(a, ints, 1.5), [0, 1.5, 4, 1.5], 'float32'],
    clip: [() => ints.clip(0, 2.5), [0, 2, 2.5, 2.5], 'float32'],
    infinity: [() => np.minimum(ints, Number.POSITIVE_INFINITY), [0, 2, 4, 6], 'float32'],
    uint32: [() => ints.astype('uint32').add(0.5), [0.5, 2.5, 4.5, 6.5], 'float32'],
    'bool beside a whole one': [() => a.add(1), [2, 1, 2, 1], 'int32'],
  }
  for (const [name, [f, want, dtype]] of Object.entries(cases))
    it(name, () => {
      expect(f().toArray()).toEqual(want)
      expect(f().dtype).toBe(dtype)
    })
})

it('bools are added and multiplied as in NumPy and JAX', () => {
  expect(a.add(b).toArray()).toEqual([true, true, true, false])
  expect(a.mul(b).toArray()).toEqual([true, false, false, false])
  expect(np.maximum(a, b).toArray()).toEqual([true, true, true, false])
  expect(np.minimum(a, b).toArray()).toEqual([true, false, false, false])
  expect(np.abs(a).toArray()).toEqual(bools)
  expect(() => a.sub(b)).toThrow(DTypeError)
})

it('integers are raised to integers, modulo 2³²', () => {
  const x = np.array([2, -3, 1, -1, 0, 3], { dtype: 'int32' })
  const n = np.array([10, 3, -2, -3, -1, 40], { dtype: 'int32' })
  for (const pow of [np.pow, jit(np.pow)]) {
    expect(pow(x, n).toArray()).toEqual([1024, -27, 1, -1, 0, Number(BigInt.asIntN(32, 3n ** 40n))])
    expect(pow(x, n).dtype).toBe('int32')
    expect(pow(a, b).toArray()).toEqual([1, 0, 1, 1])
  }
  expect(np.pow(2, np.arange(4)).toArray()).toEqual([1, 2, 4, 8])
})

describe('what a dtype does not hold is an error that names both', () => {
  const cases: Readonly<Record<string, readonly [() => unknown, string]>> = {
    'full of NaN': [
      () => np.full([1], Number.NaN, { dtype: 'int32' }),
      'full: a number that int32 holds is required, got NaN',
    ],
    'array of NaN': [
      () => np.array([Number.NaN], { dtype: 'int32' }),
      'array: a number that int32 holds is required, got NaN',
    ],
    'array of a number': [
      () => np.array(2 ** 31, { dtype: 'int32' }),
      'int32 holds is required, got 2147483648',
    ],
    'typed array': [
      () => np.array(Float32Array.of(-1), { dtype: 'uint32' }),
      'uint32 holds is required, got -1',
    ],
    arange: [
      () => np.arange(2147483646, 2147483650),
      'arange: a number that int32 holds is required, got 2147483648',
    ],
    fullLike: [() => np.fullLike(ints, Number.POSITIVE_INFINITY), 'fullLike: a number that int32 holds'],
    'beside int32': [() => ints.less(3e9), 'int32 holds is required, got 3000000000'],
    'beside uint32': [() => ints.astype('uint32').greater(-1), 'uint32 holds is required, got -1'],
  }
  for (const [name, [f, message]] of Object.entries(cases))
    it(name, () => {
      expect(f).toThrow(DTypeError)
      expect(f).toThrow(message)
    })

  it('but not what it does: fractions are cut, and ranges may end at the last number', () => {
    expect(np.array([1.7, -1.7], { dtype: 'int32' }).toArray()).toEqual([1, -1])
    expect(np.arange(2147483646, 2147483648).toArray()).toEqual([2147483646, 2147483647])
    expect(np.arange(3, 0, -1, { dtype: 'uint32' }).toArray()).toEqual([3, 2, 1])
  })
})

it('booleans are tensors of bool, traced or not', () => {
  const add = (x: TensorLike, y: TensorLike) => np.add(x, y)
  for (const f of [add, jit(add)]) expect(f(true, 2)).toMatchObject({ dtype: 'int32' })
})
