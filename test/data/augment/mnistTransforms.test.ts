import { beforeAll, describe, expect, it } from 'vitest'
import * as augment from '../../../src/augment.js'
import { jit, loadBackend, np, random, type Tensor } from '../../../src/index.js'
import { difference, toScalar } from './scalarImage.js'

const { compose, colorJitter, greyToRgb, mnistTestTransform, mnistTrainTransform, normalize, resize } =
  augment

const digits = random.uniform(random.key(1), [4, 1, 28, 28])

describe('mnistTrainTransform', () => {
  it('is resizing, RGB, rotation, jitter and normalising in the order of the recipe', () => {
    for (let i = 0; i < 4; i++) {
      const key = random.key(i)
      // in the recipe's order, RGB from the start; the parts that draw have the same keys
      const rgb = greyToRgb(key, resize(48)(key, digits.get(i)))
      const turned = augment.randomRotation(10)(random.foldIn(key, 1), rgb)
      const jittered = colorJitter({ brightness: 0.2, contrast: 0.2 })(random.foldIn(key, 2), turned)
      const want = normalize([0.1307, 0.1307, 0.1307], [0.3081, 0.3081, 0.3081])(key, jittered)
      const got = mnistTrainTransform(key, digits.get(i))
      expect(got.shape).toEqual([3, 48, 48])
      expect(difference(toScalar(got), toScalar(want))).toBeLessThan(2e-5)
    }
  })
})

describe('mnistTestTransform', () => {
  it('is resizing and normalising, without chance', () => {
    const [a, b] = [0, 1].map((seed) => mnistTestTransform(random.key(seed), digits.get(0)))
    expect(a.toArray()).toEqual(b.toArray())
    const want = compose(resize(48), greyToRgb, normalize(0.1307, 0.3081))(random.key(0), digits.get(0))
    expect(difference(toScalar(a), toScalar(want))).toBeLessThan(1e-6)
  })
})

describe('on WebAssembly', () => {
  beforeAll(() => loadBackend('wasm'))

  it('a batch becomes what it becomes on the reference', () => {
    const run = (backend: string): Tensor =>
      jit(augment.batchedFrom(mnistTrainTransform), { backend })(random.key(7), digits)
    const [wasm, reference] = ['wasm', 'reference'].map(run)
    expect(np.allclose(np.array(wasm.toArray()), reference, { atol: 1e-5 })).toBe(true)
  })
})
