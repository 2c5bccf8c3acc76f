import { describe, expect, it } from 'vitest'
import { grad, nn, np, random, type Tensor } from '../../src/index.js'

const key = random.key(3)

/** Calls of a program without types. */
const untyped = (f: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  Reflect.apply(f, undefined, args)

describe('residual', () => {
  const body = nn.sequential({ a: nn.linear(3, 5), act: np.tanh, b: nn.linear(5, 3) })

  it('adds its input, and passes derivatives by both ways', () => {
    const block = nn.residual(body)
    const { params } = block.init(key)
    expect(Object.keys(params)).toEqual(['body'])
    const x = random.normal(key, [4, 3])
    expect(block.call(params, x).toArray()).toEqual(body.call(params.body, x).add(x).toArray())
    const [whole, part] = [
      grad((v: Tensor) => block.call(params, v).sum())(x),
      grad((v: Tensor) => body.call(params.body, v).sum())(x),
    ]
    expect(np.allclose(whole, part.add(1))).toBe(true)
  })

  it('takes a shortcut with parameters and state of its own', () => {
    const block = nn.residual(nn.dropout(0.5), nn.sequential({ fc: nn.linear(3, 3), bn: nn.batchNorm(3) }))
    const { params, state } = block.init(key)
    expect(Object.keys(params)).toEqual(['shortcut'])
    const x = random.normal(key, [4, 3])
    const mode = { train: true, key: random.key(1) }
    const [y, next] = block.apply(params, state, x, mode)
    const [dropped] = nn
      .dropout(0.5)
      .apply(null, null, x, { train: true, key: random.foldIn(random.key(1), 0) })
    expect(y.shape).toEqual([4, 3])
    expect(next.shortcut.bn.count.item()).toBe(1)
    const normalised = nn
      .batchNorm(3)
      .apply(params.shortcut.bn, state.shortcut.bn, nn.linear(3, 3).call(params.shortcut.fc, x), {
        train: true,
      })[0]
    expect(y.toArray()).toEqual(dropped.add(normalised).toArray())
    expect(() => untyped(Reflect.get(block, 'call'), null, x)).toThrow(/^residual: apply is required/)
  })

  it('wants branches of one shape, and says which branch fails', () => {
    const narrow = nn.residual(nn.linear(3, 1))
    expect(() => narrow.call(narrow.init(key).params, np.ones([2, 3]))).toThrow(
      /^residual: .*\[2,1\] and \[2,3\]/,
    )
    const wrong = nn.residual(nn.linear(3, 3), nn.linear(4, 3))
    expect(() => wrong.call(wrong.init(key).params, np.ones([2, 3]))).toThrow(/^shortcut: linear\(4, 3\): /)
  })
})
