import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { epochOrder } from '../../../../src/data/epochOrder.js'
import { random } from '../../../../src/index.js'
import type { ImageBatch } from '../../../src/images/data/imageBatch.js'
import { type ImageFolder, openImageFolder } from '../../../src/images/data/imageFolder.js'
import type { ImageSet } from '../../../src/images/data/imageSet.js'
import { type BatchOptions, batches, folderBatches } from '../../../src/images/data/loader.js'
import { loadImageFolder, pictureSizes } from '../../../src/images/data/loadImageFolder.js'
import { pngBytes, writeFiles } from './pngFiles.js'

/** Image i is one pixel of i, of class i mod 3. */
const setOf = (count: number): ImageSet => ({
  count,
  channels: 1,
  height: 1,
  width: 1,
  pixels: Uint8Array.from({ length: count }, (_, i) => i),
  labels: Uint32Array.from({ length: count }, (_, i) => i % 3),
  classes: ['a', 'b', 'c'],
})

const run = fc.record({
  count: fc.integer({ min: 0, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  seed: fc.nat(1000),
  epoch: fc.nat(5),
  shuffle: fc.boolean(),
  dropLast: fc.boolean(),
})

describe('batches', () => {
  it('hold every image once, with its own pixels and label; what is dropped is less than a batch', () => {
    fc.assert(
      fc.property(run, ({ count, ...options }) => {
        const all = [...batches(setOf(count), options)]
        const seen = all.flatMap((batch) => Array.from(batch.indices))
        const kept = options.dropLast ? count - (count % options.batchSize) : count
        expect(seen.length).toBe(kept)
        expect(new Set(seen).size).toBe(kept)
        expect(all.slice(0, -1).every((batch) => batch.size === options.batchSize)).toBe(true)
        if (!options.shuffle) expect(seen).toEqual(Array.from({ length: kept }, (_, i) => i))
        const pixels = all.flatMap((batch) => Array.from(batch.images, (v) => Math.round(255 * v)))
        expect(pixels).toEqual(seen)
        expect(all.flatMap((batch) => Array.from(batch.labels))).toEqual(seen.map((i) => i % 3))
      }),
      { numRuns: 50 },
    )
  })

  it('begun anywhere are the rest of the epoch', () => {
    fc.assert(
      fc.property(run, fc.nat(1000), ({ count, ...options }, at) => {
        const whole = [...batches(setOf(count), options)]
        const from = at % (whole.length + 1)
        expect([...batches(setOf(count), { ...options, from })]).toEqual(whole.slice(from))
      }),
      { numRuns: 50 },
    )
  })

  it('are gathered one at a time, as they are asked for', () => {
    const set = setOf(10)
    const rest = batches(set, { batchSize: 5, seed: 0, epoch: 0, shuffle: false })
    rest.next()
    set.pixels.fill(255)
    expect(Array.from((rest.next().value as ImageBatch).images)).toEqual([1, 1, 1, 1, 1])
  })

  it('refuse sizes and places that are none', () => {
    const ask = (options: Partial<BatchOptions>) => () => [
      ...batches(setOf(5), { batchSize: 2, seed: 0, epoch: 0, ...options }),
    ]
    expect(ask({ batchSize: 0 })).toThrow('batches: a positive batchSize is required, got 0.')
    expect(ask({ from: 4 })).toThrow('batches: a batch from 0 to 3 to begin with is required, got 4.')
    expect(ask({ epoch: -1 })).toThrow(
      'epochOrder: a seed and an epoch from 0 on are required, got 0 and -1.',
    )
  })
})

describe('epochOrder', () => {
  it('is the permutation of the key of seed and epoch: another for each', () => {
    const orders = [0, 1].flatMap((seed) => [0, 1].map((epoch) => epochOrder(50, { seed, epoch }).join()))
    expect(new Set(orders).size).toBe(4)
    expect(orders[3]).toBe(
      random
        .permutation(random.foldIn(random.key(1), 1), 50)
        .dataSync()
        .join(),
    )
  })
})

describe('folderBatches', () => {
  let folder = ''
  let opened: ImageFolder
  const count = 23
  const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
    if (E.isLeft(result)) throw new Error(result.left.message)
    return result.right
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'grad-ts-batches-'))
    writeFiles(
      folder,
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `${i % 2 === 0 ? 'even' : 'odd'}/${i}.png`,
          pngBytes({ height: 3, width: 2, pixel: (y, x) => [i, 10 * y, 20 * x] }),
        ]),
      ),
    )
    opened = right(await openImageFolder(folder)())
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const collect = async (
    from: ImageFolder,
    options: BatchOptions & { readonly ahead?: number; readonly resizeTo?: number },
  ) => {
    const sizes = right(await pictureSizes(from, { resizeTo: options.resizeTo })())
    const out: E.Either<{ readonly message: string }, ImageBatch>[] = []
    for await (const batch of folderBatches(from, sizes, options)) out.push(batch)
    return out
  }

  it.each([0, 1, 2, 50])('with %i ahead are those of the folder in memory', async (ahead) => {
    const set = right(await loadImageFolder(folder)())
    const options = { batchSize: 4, seed: 3, epoch: 1, from: 1 }
    const lazily = await collect(opened, { ...options, ahead })
    expect(lazily.map(right)).toEqual([...batches(set, options)])
  })

  it('are resized as those in memory', async () => {
    const set = right(await loadImageFolder(folder, { resizeTo: 2 })())
    const options = { batchSize: 10, seed: 3, epoch: 1, dropLast: true }
    expect((await collect(opened, { ...options, resizeTo: 2 })).map(right)).toEqual([
      ...batches(set, options),
    ])
  })

  it('end with the error of a file that went away', async () => {
    const files = opened.files.map((file, i) => (i === 9 ? join(folder, 'gone.png') : file))
    const all = await collect({ ...opened, files }, { batchSize: 4, seed: 0, epoch: 0, shuffle: false })
    expect(all.map((batch) => batch._tag)).toEqual(['Right', 'Right', 'Left'])
    expect(E.isLeft(all[2]) && all[2].left.message).toMatch(/gone\.png: cannot read \(ENOENT/)
  })
})
