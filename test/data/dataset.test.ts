import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tensorDataset } from '../../src/data/dataset.js'
import { np } from '../../src/index.js'

describe('tensorDataset', () => {
  const x = np.arange(24).reshape([6, 2, 2]).astype('float32')
  const y = np.array([10, 11, 12, 13, 14, 15], { dtype: 'int32' })

  it('gives the rows of these numbers, in this order, repeats included, of whatever dtype and rank', async () => {
    const rows = fc.array(fc.nat(5), { minLength: 1, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(rows, async (rows) => {
        const batch = await tensorDataset({ x, y }).batch(Uint32Array.from(rows))
        const all = x.toArray() as number[][][]
        expect(batch.x.toArray()).toEqual(rows.map((i) => all[i]))
        expect(batch.y.toArray()).toEqual(rows.map((i) => 10 + i))
        expect([batch.x.shape, batch.x.dtype, batch.y.dtype]).toEqual([
          [rows.length, 2, 2],
          'float32',
          'int32',
        ])
      }),
      { numRuns: 30 },
    )
  })

  it('gives batches of the structure that the tensors have', async () => {
    const dataset = tensorDataset({ text: [y, { mask: x }], label: y })
    expect(dataset.count).toBe(6)
    const { text, label } = await dataset.batch(Uint32Array.of(4))
    const [words, { mask }] = text as [typeof y, { mask: typeof x }]
    expect([words.toArray(), mask.toArray(), label.toArray()]).toEqual([
      [14],
      [
        [
          [16, 17],
          [18, 19],
        ],
      ],
      [14],
    ])
  })

  it('may be one tensor', async () => {
    const dataset = tensorDataset(y)
    expect((await dataset.batch(Uint32Array.of(5, 0))).toArray()).toEqual([15, 10])
  })

  it.each([
    [{}, 'tensorDataset: at least one tensor is required, got none.'],
    [{ x, y: [1, 2] }, /^tensorDataset: tensors are required, got .* as y/],
    [
      { x, scale: np.array(2) },
      /^tensorDataset: a row for each example is required, got f32\[\] as scale\.$/,
    ],
    [
      { x, y: np.arange(5) },
      'tensorDataset: the same number of rows is required in all tensors, got 6 in x and 5 in y.',
    ],
    [{ x: np.zeros([0, 3]) }, 'tensorDataset: at least one example is required, got none.'],
  ])('refuses other inputs: %#', (tensors, message) => {
    expect(() => tensorDataset<object>(tensors)).toThrow(message)
  })
})
