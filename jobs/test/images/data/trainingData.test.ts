import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { loadMnist } from '../../../src/images/data/mnist.js'
import { mnistData } from '../../../src/images/data/trainingData.js'

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

describe('mnistData', () => {
  it('takes the first images, and of these the last for validation', async () => {
    const all = right(await loadMnist()())
    const data = right(await mnistData(undefined, { limit: 100, testLimit: 7, validation: 30 })())
    expect([data.train.count, data.validation?.count, data.test.count]).toEqual([70, 30, 7])
    const pixels = (from: number, to: number) => all.train.pixels.subarray(784 * from, 784 * to)
    expect(Buffer.compare(data.train.pixels, pixels(0, 70))).toBe(0)
    expect(data.train.labels).toEqual(all.train.labels.subarray(0, 70))
    expect(Buffer.compare(data.validation?.pixels ?? Buffer.of(), pixels(70, 100))).toBe(0)
    expect(data.validation?.labels).toEqual(all.train.labels.subarray(70, 100))
    expect(data.test.labels).toEqual(all.test.labels.subarray(0, 7))
  })

  it('takes all where there are no limits, and none for validation', async () => {
    const data = right(await mnistData(undefined, { limit: null, testLimit: null, validation: 0 })())
    expect([data.train.count, data.validation, data.test.count]).toEqual([60000, null, 10000])
  })

  it('leaves at least one image to learn from', async () => {
    const last = right(await mnistData(undefined, { limit: 10, testLimit: 1, validation: 9 })())
    expect([last.train.count, last.validation?.count]).toEqual([1, 9])
    for (const validation of [10, 11]) {
      const refused = await mnistData(undefined, { limit: 10, testLimit: 1, validation })()
      expect(refused).toEqual(
        E.left({
          _tag: 'Usage',
          message: `--validation: fewer than the 10 training images were required, got ${validation}.`,
        }),
      )
    }
  })

  it('says which folder has no data', async () => {
    const refused = await mnistData('no/such/folder', { limit: 1, testLimit: 1, validation: 0 })()
    expect(E.isLeft(refused) && refused.left.message).toMatch(/no\/such\/folder.*ENOENT/)
  })
})
