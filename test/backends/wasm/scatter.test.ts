import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/debug.js'
import { type DType, grad, jit, loadBackend, np, type Tensor, vmap } from '../../../src/index.js'
import * as lax from '../../../src/lax.js'
import { threadedEngine } from './watchedThreads.js'

await loadBackend('wasm')
await threadedEngine('one thread', 1)
const threads = await threadedEngine('two threads', 2)

const ways = {
  set: lax.scatterSet,
  add: lax.scatterAdd,
  mul: lax.scatterMul,
  max: lax.scatterMax,
  min: lax.scatterMin,
} as const
const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'uint32', 'bool']

const bitsOf = (x: Tensor): readonly number[] => {
  const { buffer, byteOffset, byteLength } = x.dataSync()
  return [...new Uint8Array(buffer, byteOffset, byteLength)]
}

/** The numbers of the reference, with the same bits from any number of threads. */
const expectAlike = (f: (...xs: Tensor[]) => Tensor, ...args: readonly Tensor[]): void => {
  const [wanted, one, two] = ['reference', 'one thread', 'two threads'].map((backend) =>
    jit(f, { backend })(...args),
  )
  expect([...one.dataSync()]).toEqual([...wanted.dataSync()])
  expect(bitsOf(two)).toEqual(bitsOf(one))
}

const int32 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  np.array(Int32Array.from(values)).reshape(shape)

/** Numbers whose sums in single precision depend on their order, and special ones. */
const elements = (dtype: DType): fc.Arbitrary<number> => {
  if (dtype === 'bool') return fc.nat({ max: 1 })
  if (dtype === 'int32') return fc.integer({ min: -0x80000000, max: 0x7fffffff })
  if (dtype === 'uint32') return fc.nat({ max: 0xffffffff })
  const special = fc.constantFrom(0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e30)
  return fc.oneof(
    { weight: 20, arbitrary: fc.float({ noNaN: true, min: -100, max: 100 }) },
    { weight: 1, arbitrary: special },
  )
}

/** Scatters over one or two leading axes, with positions that repeat, and some outside. */
const scatters = fc
  .record({
    way: fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])),
    dtype: fc.constantFrom(...dtypes),
    outer: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
    window: fc.oneof(
      fc.tuple(fc.integer({ min: 4, max: 45 })),
      fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 7 })),
    ),
    count: fc.integer({ min: 0, max: 40 }),
    isReversed: fc.boolean(),
  })
  .chain(({ outer, window, count, dtype, way, isReversed }) => {
    const size = [...outer, ...window].reduce((a, b) => a * b)
    const width = window.reduce((a, b) => a * b, 1)
    const some = (length: number) => fc.array(elements(dtype), { minLength: length, maxLength: length })
    return fc.record({
      way: fc.constant(dtype === 'bool' ? ('set' as const) : way),
      axes: fc.constant(outer.map((_, i) => (isReversed ? outer.length - 1 - i : i))),
      x: some(size).map((v) => np.array(v, { dtype }).reshape([...outer, ...window])),
      positions: fc.tuple(
        ...outer.map((extent) =>
          fc.array(fc.integer({ min: -2, max: extent + 1 }), { minLength: count, maxLength: count }),
        ),
      ),
      updates: some(count * width).map((v) => np.array(v, { dtype }).reshape([count, ...window])),
    })
  })

describe('updates of rows', () => {
  it('are combined as in the reference, wherever they go', () =>
    fc.assert(
      fc.property(scatters, ({ way, axes, x, positions, updates }) => {
        const indices = axes.map((axis) => int32(positions[axis]))
        const f = (t: Tensor, u: Tensor, ...at: Tensor[]): Tensor => ways[way](t, at, u, axes)
        expectAlike(f, x, updates, ...indices)
      }),
      { numRuns: 150 },
    ))

  it('are summed in double precision, in their order', () => {
    const count = 4000
    const updates = np.array(
      Float32Array.from({ length: count * 21 }, (_, i) => Math.sin(i * i) * 10 ** (i % 9)),
    )
    const at = Array.from({ length: count }, (_, i) => (i * i) % 71)
    const f = (x: Tensor, u: Tensor, i: Tensor): Tensor => lax.scatterAdd(x, [i], u, [0])
    const args = [np.ones([64, 21]), updates.reshape([count, 21]), int32(at)] as const
    expectAlike(f, ...args)
    // the caller takes back what no thread has begun
    const shared = jit(f, { backend: 'two threads' })
    const turns = threads.turns(0)
    for (let i = 0; i < 10_000 && threads.turns(0) === turns; i++) shared(...args).dispose()
    expect(threads.turns(0)).toBeGreaterThan(turns)
  })

  it('keep the last one that is set', () => {
    const f = (u: Tensor, i: Tensor): Tensor => lax.scatterSet(np.zeros([3, 4]), [i], u, [0])
    const updates = np
      .array([1, 2, 3, 4, 5])
      .reshape([5, 1])
      .mul(np.ones([1, 4]))
    const rows = jit(f, { backend: 'two threads' })(updates, int32([1, 0, 1, -1, 3])).toArray()
    expect(rows).toEqual([
      [2, 2, 2, 2],
      [3, 3, 3, 3],
      [0, 0, 0, 0],
    ])
  })

  it('are the gradient of a table whose rows are looked up, and of a batch of tables', () => {
    const table = np
      .array(Float32Array.from({ length: 3 * 50 * 17 }, (_, i) => Math.cos(i)))
      .reshape([3, 50, 17])
    const at = int32(
      Array.from({ length: 3 * 90 }, (_, i) => (i * 37) % 50),
      [3, 90],
    )
    const loss = (t: Tensor, i: Tensor): Tensor => np.sin(np.take(t, i, 0)).sum()
    expectAlike(grad(loss), table.at(0).get(), at.at(0).get())
    expectAlike(vmap(grad(loss)), table, at)
  })
})

describe('a scatter', () => {
  const stepsOf = (shape: readonly number[], updates: readonly number[], axes: readonly number[]): string => {
    const f = (x: Tensor, i: Tensor, u: Tensor): Tensor => lax.scatterAdd(x, [i], u, axes)
    const args = [np.ones(shape), int32([0, 1, 0]), np.ones(updates)] as const
    expectAlike(f, ...args)
    return explain(jit(f, { backend: 'wasm' }).lower(...args))
  }

  it('says where it runs', () => {
    const [engine, host] = ['row by row with its updates', 'is a routine of the host']
    expect(stepsOf([5, 8], [3, 8], [0])).toContain(engine)
    expect(stepsOf([5, 2, 2], [3, 2, 2], [0])).toContain(engine)
    for (const steps of [
      stepsOf([8, 5], [3, 8], [1]),
      stepsOf([5, 3], [3, 3], [0]),
      stepsOf([5], [3], [0]),
    ]) {
      expect(steps).toContain(host)
      expect(steps).not.toContain(engine)
    }
  })

  it('of no updates is its target, and to no rows nothing', () => {
    const f = (x: Tensor, i: Tensor, u: Tensor): Tensor => lax.scatterMul(x, [i], u, [0])
    expectAlike(f, np.ones([4, 9]).mul(3), int32([]), np.zeros([0, 9]))
    expectAlike(f, np.ones([0, 9]), int32([0, -1, 1]), np.ones([3, 9]))
  })
})
