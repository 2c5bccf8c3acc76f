import { describe, expect, it } from 'vitest'
import {
  cond,
  DTypeError,
  grad,
  jit,
  jvp,
  nn,
  np,
  optim,
  random,
  ShapeError,
  scan,
  type Tensor,
  type TensorLike,
  tree,
  vmap,
} from '../../../src/index.js'
import { countParameters } from '../../../src/models/named.js'

const typed = (...values: number[]) => new Float32Array(values)
const x = np.array([3, 4])

describe('typed arrays where tensors are meant', () => {
  const cases: Readonly<Record<string, readonly [() => Tensor, unknown, string]>> = {
    'an operand': [() => np.add(typed(1, 2), x), [4, 6], 'float32'],
    'an argument of a method': [() => x.mul(new Float64Array([1, 2])), [3, 8], 'float64'],
    'uint32 beside a number': [() => np.add(new Uint32Array([1, 2]), 1), [2, 3], 'uint32'],
    'bytes, as int32': [() => np.mul(new Uint8Array([200, 2]), 2), [400, 4], 'int32'],
    'bytes beside floats': [() => x.mul(new Uint8Array([1, 2])), [3, 8], 'float32'],
    'one operand': [() => np.sum(typed(1, 2)), 3, 'float32'],
    flip: [() => np.flip(typed(1, 2)), [2, 1], 'float32'],
    transpose: [() => np.transpose(typed(1, 2)), [1, 2], 'float32'],
    concatenate: [() => np.concatenate([typed(1), x]), [1, 3, 4], 'float32'],
    stack: [() => np.stack([new Int32Array([1, 2]), x]), [[1, 2], [3, 4]], 'float32'], // biome-ignore format: a row
    rows: [() => np.array([typed(1, 2), typed(3, 4)]), [[1, 2], [3, 4]], 'float32'], // biome-ignore format: a row
    pad: [() => np.pad(typed(1), 1), [0, 1, 0], 'float32'],
    tile: [() => np.tile(typed(1, 2), 2), [1, 2, 1, 2], 'float32'],
    roll: [() => np.roll(typed(1, 2, 3), 1), [3, 1, 2], 'float32'],
    repeat: [() => np.repeat(typed(1, 2), 2, 0), [1, 1, 2, 2], 'float32'],
    split: [() => np.split(typed(1, 2), 2)[1], [2], 'float32'],
    squeeze: [() => np.squeeze(typed(1)), 1, 'float32'],
    diag: [() => np.diag(typed(1, 2)), [[1, 0], [0, 2]], 'float32'], // biome-ignore format: a row
    'read from': [() => np.get(typed(1, 2), 1), 2, 'float32'],
    indices: [() => x.get(new Int32Array([1, 0])), [4, 3], 'float32'],
    'written to': [() => np.at(typed(1, 2), new Uint8Array([1])).set(typed(5)), [1, 5], 'float32'],
    take: [() => np.take(typed(1, 2), new Int32Array([1])), [2], 'float32'],
    labels: [
      () =>
        nn
          .softmaxCrossEntropy(np.array([[0, 0]]), new Uint8Array([1]))
          .exp()
          .round(),
      [2],
      'float32',
    ],
    bounds: [
      () => random.uniform(random.key(0), [2], { min: typed(1, 5), max: typed(1, 5) }),
      [1, 5],
      'float32',
    ],
  }
  for (const [name, [f, want, dtype]] of Object.entries(cases))
    it(name, () => {
      expect(f().toArray()).toEqual(want)
      expect(f().dtype).toBe(dtype)
    })
})

describe('typed arrays as leaves', () => {
  const square = ({ w }: { readonly w: TensorLike }) => np.square(w).sum()

  it('of what is compiled, one trace for all of a length and dtype', () => {
    const f = jit((p: { readonly w: TensorLike }) => np.mul(p.w, 2))
    expect(f({ w: typed(1, 2) }).toArray()).toEqual([2, 4])
    expect(f({ w: np.array([3, 4]) }).toArray()).toEqual([6, 8])
    expect(f.traceCount()).toBe(1)
    expect(f({ w: new Int32Array([1, 2]) }).dtype).toBe('int32')
    expect(f.traceCount()).toBe(2)
    expect(jit(() => typed(5, 6))()).toMatchObject({ shape: [2], dtype: 'float32' })
  })

  it('of what is differentiated or mapped', () => {
    expect(grad(square)({ w: new Float64Array([1, 2]) }).w).toMatchObject({ dtype: 'float64' })
    expect(grad((v: TensorLike) => np.square(v).sum())(typed(1, 2)).toArray()).toEqual([2, 4])
    expect(() => grad(square)({ w: new Int32Array([1]) })).toThrow('float leaves are required, got i32[1]')
    expect(vmap((v: TensorLike) => np.mul(v, 2))(typed(1, 2)).toArray()).toEqual([2, 4])
    expect(jvp((v: TensorLike) => np.mul(v, 2), [typed(1)], [typed(3)])[1].toArray()).toEqual([6])
  })

  it('of loops and branches, and of parameters', () => {
    expect(scan((sum: TensorLike, v: TensorLike) => [np.add(sum, v), sum], 0, typed(1, 2))[0]).toMatchObject({
      shape: [],
    })
    const pick = (first: boolean) => cond(first, (v: TensorLike) => v, (v) => np.neg(v), typed(1)) // biome-ignore format: branches
    expect(np.array(pick(false) as Tensor).toArray()).toEqual([-1])
    expect(tree.leaves({ w: typed(1, 2) })).toEqual([typed(1, 2)])
    expect(countParameters({ w: typed(1, 2), b: 1 })).toBe(3)
    const moved = optim.applyUpdates({ w: typed(1, 2) }, { w: typed(1, 1) })
    expect(np.array(moved.w).toArray()).toEqual([2, 3])
  })
})

it('what holds no JS numbers is refused by name, and nested arrays are nodes of trees', () => {
  const big = new BigInt64Array(1) as never
  const refusal =
    /a Float32Array, a Float64Array or one of integers up to 32 bits is required, got a BigInt64Array/
  for (const f of [
    () => np.add(big, 1),
    () => np.array(big),
    () => x.at(0).set(big),
    () => jit((t: unknown) => t)({ w: big }),
  ])
    expect(f).toThrow(refusal)
  expect(() => np.add(new DataView(new ArrayBuffer(8)) as never, 1)).toThrow(DTypeError)
  expect(() => np.add([1, 2] as never, x)).toThrow(/got an array\. Use np\.array/)
})

it('what is no tensor where some are joined or arranged is refused by the operation', () => {
  for (const [name, join] of [['concatenate', np.concatenate], ['stack', np.stack]] as const) // biome-ignore format: pairs
    expect(() => join(x as never, x as never)).toThrow(
      `${name}: an array of at least one tensor is required, got f32[2].`,
    )
  expect(() => np.transpose(np.ones([2, 3]), 1 as never)).toThrow(ShapeError)
  expect(() => np.tril([[1]] as never)).toThrow(DTypeError)
  expect(np.tril(np.ones([2, 2])).toArray()).toEqual([
    [1, 0],
    [1, 1],
  ])
})

it('later writes to a typed array are not seen', () => {
  const data = typed(1, 2)
  const sum = np.add(data, 0)
  const kept = np.array([data, data])
  data[0] = 9
  expect(sum.toArray()).toEqual([1, 2])
  expect(kept.toArray()).toEqual([
    [1, 2],
    [1, 2],
  ])
})
