import { describe, expect, expectTypeOf, it } from 'vitest'
import { layerOutputs, summary } from '../../src/debug.js'
import {
  GradError,
  grad,
  jit,
  nn,
  np,
  random,
  ShapeError,
  scan,
  type Tensor,
  TreeMismatchError,
  tree,
  vmap,
} from '../../src/index.js'

const key = random.key(5)

/** Calls of a program without types. */
const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  Reflect.apply(f, undefined, args)

type Pair = { readonly left: Tensor; readonly right: Tensor }

/** left: f32[a], right: f32[b] → f32[outputs], Σ left·W·right. */
const bilinear = (a: number, b: number, outputs: number) =>
  nn.stateless(
    `bilinear(${a}, ${b}, ${outputs})`,
    (k) => ({ weight: random.normal(k, [outputs, a, b]) }),
    ({ weight }, { left, right }: Pair) => np.matmul(np.matmul(weight, right), left),
  )

type Step = { readonly carry: Tensor; readonly x: Tensor }

/** carry′ = tanh(W·x + U·carry), which is the output too. */
const cell = (inputs: number, units: number) =>
  nn.stateless(
    `cell(${inputs}, ${units})`,
    (k) => ({
      w: random.normal(random.foldIn(k, 0), [units, inputs]),
      u: random.normal(random.foldIn(k, 1), [units, units]),
    }),
    ({ w, u }, { carry, x }: Step): [output: Tensor, carry: Tensor] => {
      const next = np.tanh(np.matmul(w, x).add(np.matmul(u, carry)))
      return [next, next]
    },
  )

/** f32[time, inputs] → outputs f32[time, units] and the last carry f32[units]. */
const recurrent = (inputs: number, units: number) => {
  const step = cell(inputs, units)
  return nn.stateless(
    `recurrent(${inputs}, ${units})`,
    (k) => step.init(k).params,
    (params, xs: Tensor): [outputs: Tensor, carry: Tensor] => {
      const [carry, outputs] = scan(
        (c: Tensor, x: Tensor) => {
          const [y, next] = step.call(params, { carry: c, x })
          return [next, y] as [Tensor, Tensor]
        },
        np.zeros([units]),
        xs,
      )
      return [outputs, carry]
    },
  )
}

const numbers = (t: Tensor) => t.toArray() as number[]
const table = (t: Tensor) => t.toArray() as number[][]

describe('a layer of two inputs', () => {
  const layer = bilinear(2, 3, 4)
  const { params } = layer.init(key)
  const input = { left: np.array([1, -2]), right: np.array([3, 0.5, 1]) }

  it('is the function it was made of', () => {
    const weight = params.weight.toArray() as number[][][]
    const [l, r] = [numbers(input.left), numbers(input.right)]
    const expected = weight.map((w) =>
      w.reduce((sum, row, i) => sum + row.reduce((s, v, j) => s + v * l[i] * r[j], 0), 0),
    )
    expect(np.allclose(layer.call(params, input), np.array(expected), { atol: 1e-5 })).toBe(true)
    const [y, state] = layer.apply(params, null, input, { train: true })
    expect(y.toArray()).toEqual(layer.call(params, input).toArray())
    expect(state).toBe(null)
    expectTypeOf(layer.call).parameter(1).toEqualTypeOf<Pair>()
    expectTypeOf(y).toEqualTypeOf<Tensor>()
  })

  it('has derivatives by parameters and by either input', () => {
    const byWeight = grad((p: typeof params) => layer.call(p, input).sum())(params).weight
    const outer = np.matmul(input.left.reshape([2, 1]), input.right.reshape([1, 3]))
    expect(byWeight.shape).toEqual([4, 2, 3])
    for (const w of [0, 3]) expect(np.allclose(byWeight.get(w), outer)).toBe(true)
    const byInput = grad((x: Pair) => layer.call(params, x).sum())(input)
    const sum = params.weight.sum(0)
    expect(np.allclose(byInput.left, np.matmul(sum, input.right), { atol: 1e-5 })).toBe(true)
    expect(np.allclose(byInput.right, np.matmul(input.left, sum), { atol: 1e-5 })).toBe(true)
  })

  it('is compiled, and batched over both inputs', () => {
    expect(np.allclose(jit(layer.call)(params, input), layer.call(params, input), { atol: 1e-5 })).toBe(true)
    const batch = { left: random.normal(key, [5, 2]), right: random.normal(random.key(6), [5, 3]) }
    const y = vmap((x: Pair) => layer.call(params, x))(batch)
    expect(y.shape).toEqual([5, 4])
    const third = layer.call(params, { left: batch.left.get(2), right: batch.right.get(2) })
    expect(np.allclose(y.get(2), third, { atol: 1e-5 })).toBe(true)
  })

  it('refuses other parameters, and begins errors with its name', () => {
    expect(() => untyped(layer.call, { w: params.weight }, input)).toThrow(TreeMismatchError)
    expect(() => untyped(layer.call, { w: params.weight }, input)).toThrow(/^bilinear\(2, 3, 4\): params: /)
    expect(() => untyped(layer.call, layer.init(key), input)).toThrow('Pass `.params` of them.')
    const narrow = { left: np.ones([3]), right: np.ones([3]) }
    expect(() => layer.call(params, narrow)).toThrow(ShapeError)
    expect(() => layer.call(params, narrow)).toThrow(/^bilinear\(2, 3, 4\): matmul/)
    expect(() => untyped(layer.call, params, { left: input.left })).toThrow(
      /^bilinear\(2, 3, 4\): .*undefined/,
    )
    expect(() => untyped(layer.call, params, undefined)).toThrow(/^bilinear.*required, got undefined/)
  })

  it('is no stage: types refuse it, and a function of a tensor makes one of it', () => {
    // @ts-expect-error a layer of a pair has no place in a sequence of tensors
    const wrong = nn.sequential(nn.linear(2, 2), layer)
    expect(() =>
      untyped(wrong.apply, wrong.init(key).params, [null, null], np.ones([2]), { train: false }),
    ).toThrow(/^sequential\[1\]: bilinear\(2, 3, 4\): .*undefined/)
    // @ts-expect-error nor as a branch
    nn.residual(layer)
    // @ts-expect-error nor by name
    nn.sequential({ layer })
    const square = bilinear(3, 3, 3)
    const itself = nn.stateless(
      'quadratic',
      (k) => square.init(k).params,
      (p, x: Tensor) => square.call(p, { left: x, right: x }),
    )
    const model = nn.sequential({ fc: nn.linear(2, 3), quadratic: itself })
    const start = model.init(key).params
    expect(model.call(start, np.ones([2])).shape).toEqual([3])
    expect(tree.paths(start)).toEqual(['fc.bias', 'fc.weight', 'quadratic.weight'])
    expect(summary(model, [2])).toMatch(/\nquadratic +\[3\] +27\n/)
    expect(layerOutputs(model, { params: start, state: null }, np.ones([2]))[1].output.shape).toEqual([3])
  })
})

describe('a layer with a carry', () => {
  const layer = recurrent(2, 3)
  const { params } = layer.init(key)
  const xs = random.normal(random.key(8), [4, 2])

  /** The same in plain numbers. */
  const unrolled = (w: number[][], u: number[][], steps: number[][]): number[][] => {
    let carry = u.map(() => 0)
    return steps.map((x) => {
      carry = w.map((row, i) =>
        Math.tanh(row.reduce((s, v, j) => s + v * x[j], 0) + u[i].reduce((s, v, j) => s + v * carry[j], 0)),
      )
      return carry
    })
  }

  it('gives outputs and the last carry', () => {
    const [outputs, carry] = layer.call(params, xs)
    const expected = unrolled(table(params.w), table(params.u), table(xs))
    expect(np.allclose(outputs, np.array(expected), { atol: 1e-5 })).toBe(true)
    expect(carry.toArray()).toEqual(outputs.get(3).toArray())
    expectTypeOf(layer.call(params, xs)).toEqualTypeOf<[outputs: Tensor, carry: Tensor]>()
  })

  it('has derivatives, is compiled and batched', () => {
    const loss = (p: typeof params) => {
      const [outputs, carry] = layer.call(p, xs)
      return outputs.square().sum().add(carry.sum())
    }
    const valueAt = (u: number[][]) => {
      const outputs = unrolled(table(params.w), u, table(xs))
      return outputs.flat().reduce((s, v) => s + v * v, 0) + outputs[3].reduce((s, v) => s + v, 0)
    }
    const nudged = (by: number) =>
      table(params.u).map((row, i) => row.map((v, j) => (i === 1 && j === 2 ? v + by : v)))
    const slope = (valueAt(nudged(1e-4)) - valueAt(nudged(-1e-4))) / 2e-4
    expect(grad(loss)(params).u.get(1, 2).item()).toBeCloseTo(slope, 3)
    expect(np.allclose(jit(grad(loss))(params).w, grad(loss)(params).w, { atol: 1e-4 })).toBe(true)
    const batch = random.normal(random.key(9), [5, 4, 2])
    const [outputs, carry] = jit(vmap((x: Tensor) => layer.call(params, x)))(batch)
    expect([outputs.shape, carry.shape]).toEqual([
      [5, 4, 3],
      [5, 3],
    ])
    expect(np.allclose(outputs.get(2), layer.call(params, batch.get(2))[0], { atol: 1e-5 })).toBe(true)
  })

  it('refuses other parameters by name', () => {
    expect(() => untyped(layer.call, { w: params.w }, xs)).toThrow(
      /^recurrent\(2, 3\): params: .*keys w where/,
    )
    expect(() => untyped(layer.call, undefined, xs)).toThrow(/^recurrent\(2, 3\): parameters are required/)
  })

  it('is no stage until its outputs are chosen, and is summarized either way', () => {
    // @ts-expect-error two tensors are not one
    const wrong = nn.sequential(layer)
    expect(() => untyped(wrong.apply, [params], [null], xs, { train: false })).toThrow(
      'sequential[0]: recurrent(2, 3): a tensor is required as result, got an array.',
    )
    expect(summary(layer, [4, 2])).toMatch(/\nrecurrent\(2, 3\) +\[4,3\] \[3\] +15\n/)
    const last = nn.stateless(
      'last',
      (k) => layer.init(k).params,
      (p, x: Tensor) => layer.call(p, x)[1],
    )
    const model = nn.sequential({ last, fc: nn.linear(3, 1) })
    expect(model.call(model.init(key).params, xs).shape).toEqual([1])
    expect(summary(model, [4, 2])).toMatch(/\nlast +\[3\] +15\n/)
  })
})

describe('a layer with a state of its own', () => {
  const counter = nn.layer(
    'counter',
    () => ({ params: null, state: { seen: np.array(0) } }),
    (_params, { seen }, x: Tensor, { train }) => [x.mul(2), train ? { seen: seen.add(1) } : { seen }],
  )

  it('hands it on, in a sequence too', () => {
    const model = nn.sequential({ counter, act: nn.relu })
    const { params, state } = model.init(key)
    const [y, next] = model.apply(params, state, np.array([-1, 3]), { train: true })
    expect(y.toArray()).toEqual([0, 6])
    expect(next.counter.seen.item()).toBe(1)
    expectTypeOf(next).toEqualTypeOf<{ readonly counter: { seen: Tensor } }>()
    expectTypeOf(model).not.toHaveProperty('call')
  })

  it('has to give output and state', () => {
    const lost = untyped(
      nn.layer,
      'lost',
      () => ({ params: null, state: null }),
      (...args: readonly unknown[]) => args[2],
    ) as nn.Layer<null>
    expect(() => lost.apply(null, null, np.ones([2]), { train: false })).toThrow(
      'lost: [output, state] is required of apply, got f32[2].',
    )
  })
})

describe('inputs and results', () => {
  const given = (result: unknown) =>
    (
      untyped(
        nn.stateless,
        'given',
        () => null,
        () => result,
      ) as nn.StatelessLayer<null>
    ).call(null, np.ones([1]))

  it('that are no trees of tensors are refused by name', () => {
    expect(() => given(3)).toThrow('given: a tensor or a tree of tensors is required as result, got 3.')
    expect(() => given(undefined)).toThrow('is required as result, got undefined.')
    expect(() => given({ a: np.ones([1]), b: [2] })).toThrow('is required as result, got 2 at b.0.')
    expect(() => given({ a: () => 1 })).toThrow(/^given: tree: .*got function at a/)
    expect(given({ a: np.ones([1]), b: null })).toEqual({ a: np.ones([1]), b: null })
  })

  it.each(
    [
      nn.linear(2, 1),
      nn.conv1d(1, 1, 1),
      nn.conv2d(1, 1, 1),
      nn.convTranspose2d(1, 1, 1),
      nn.batchNorm(2),
      nn.layerNorm(2),
      nn.groupNorm(1, 2),
      nn.embedding(3, 2),
      nn.maxPool({ window: 2 }),
      nn.avgPool({ window: [2] }),
      nn.adaptiveAvgPool(1),
      nn.adaptiveMaxPool([1, 1]),
      nn.dropout(0.5),
      nn.mlp([2, 1]),
      nn.residual(np.sin),
      nn.sequential(nn.linear(2, 1)),
      nn.sequential(nn.flatten),
      nn.sequential({ sin: np.sin }),
    ].map((layer: nn.AnyLayer) => [layer.name, layer] as const),
  )('%s refuses trees, such as numbers that np.array was forgotten for', (_, layer) => {
    const { params, state } = layer.init(key)
    for (const x of [[[1, 2]], [np.ones([1, 2])], { x: np.ones([1, 2]) }]) {
      const wrong = () => untyped(layer.apply, params, state, x, { train: true, key })
      expect(wrong).toThrow(GradError)
      expect(wrong).toThrow(/required, got an (array|object).*np\.array/)
    }
  })
})
