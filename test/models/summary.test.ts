import { describe, expect, it } from 'vitest'
import { myNet } from '../../jobs/src/images/models/myNet.js'
import { summary } from '../../src/debug.js'
import { nn, np } from '../../src/index.js'

/** Cells of a row by its label. */
const rowsOf = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/))
      .map(([label, ...cells]) => [label, cells]),
  )

const only = (layer: nn.AnyLayer, shape: readonly number[]) => rowsOf(summary(layer, shape)).get(layer.name)

describe('summary', () => {
  it('lists layers, output shapes and parameters, and their total', () => {
    const text = summary(
      nn.sequential(nn.linear(784, 128), nn.relu, nn.dropout(0.1), nn.linear(128, 10)),
      [32, 784],
    )
    const rows = text.split('\n').map((line) => line.trim().split(/ {2,}/))
    const row = (name: string) => rows.find(([first]) => first === name)?.slice(1)
    expect(row('linear(784, 128)')).toEqual(['[32,128]', '100,480'])
    expect(row('relu')).toEqual(['[32,128]', '0'])
    expect(row('dropout(0.1)')).toEqual(['[32,128]', '0'])
    expect(row('linear(128, 10)')).toEqual(['[32,10]', '1,290'])
    expect(row('total')).toEqual(['101,770'])
    expect(new Set(text.split('\n').map((line) => line.length)).size).toBe(1)
  })

  it.each([
    ['Conv2d(3→32, k3, p1)', nn.conv2d(3, 32, 3, { padding: 1 }), [8, 3, 48, 48], '[8,32,48,48]', '896'],
    [
      'Conv2d(32→64, k3, p1)',
      nn.conv2d(32, 64, 3, { padding: 1 }),
      [8, 32, 48, 48],
      '[8,64,48,48]',
      '18,496',
    ],
    ['MaxPool2d(2, 2)', nn.maxPool({ window: 2 }), [8, 64, 48, 48], '[8,64,24,24]', '0'],
    ['Linear(64·24·24→512)', nn.linear(64 * 24 * 24, 512), [8, 64 * 24 * 24], '[8,512]', '18,874,880'],
    ['Linear(512→43)', nn.linear(512, 43), [8, 512], '[8,43]', ((512 + 1) * 43).toLocaleString('en-US')],
    ['BatchNorm2d(64)', nn.batchNorm(64), [8, 64, 24, 24], '[8,64,24,24]', '128'],
    ['LayerNorm([3, 4])', nn.layerNorm([3, 4]), [8, 3, 4], '[8,3,4]', '24'],
    ['GroupNorm(4, 16)', nn.groupNorm(4, 16), [8, 16, 5], '[8,16,5]', '32'],
    [
      'ConvTranspose2d(16→8, k2, s2)',
      nn.convTranspose2d(16, 8, 2, { stride: 2 }),
      [8, 16, 5, 5],
      '[8,8,10,10]',
      '520',
    ],
    ['AdaptiveAvgPool2d(1)', nn.adaptiveAvgPool(1), [8, 16, 5, 7], '[8,16,1,1]', '0'],
  ] as const)('has the output and the parameters of %s', (_, layer, shape, output, parameters) => {
    expect(only(layer, shape)).toEqual([output, parameters])
  })

  it('of the convolutional network, for any image size and number of classes', () => {
    const rows = rowsOf(summary(myNet({ classes: 43 }), [64, 3, 48, 48]))
    expect(rows.get('fc1: linear(18432, 512)')).toEqual([
      '[64,512]',
      ((128 * 12 * 12 + 1) * 512).toLocaleString('en-US'),
    ])
    expect(rows.get('fc2: linear(512, 43)')).toEqual(['[64,43]', '22,059'])
    expect(rows.get('total')).toEqual([(896 + 18_496 + 73_856 + 9_437_696 + 22_059).toLocaleString('en-US')])
    const digits = rowsOf(summary(myNet({ classes: 10, imageSize: 28, channels: 1 }), [1, 1, 28, 28]))
    expect(digits.get('conv1: conv2d(1, 32, 3, padding 1)')).toEqual(['[1,32,28,28]', '320'])
    expect(digits.get('flatten')).toEqual(['[1,6272]', '0'])
    expect(digits.get('fc2: linear(512, 10)')).toEqual(['[1,10]', '5,130'])
    expect(() => summary(myNet({ classes: 10 }), [1, 3, 28, 28])).toThrow(/^fc1: linear\(18432, 512\): /)
  })

  it('indents parts of parts, takes integers, and counts what has state', () => {
    const model = nn.sequential({
      words: nn.embedding(100, 8),
      block: nn.residual(
        nn.sequential(nn.linear(8, 8), nn.layerNorm(8), nn.residual(nn.relu)),
        nn.linear(8, 8, { bias: false }),
      ),
      swap: (x) => x.transpose([0, 2, 1]),
      bn: nn.batchNorm(8),
    })
    expect(
      summary(model, [2, 5], { dtype: 'int32' })
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'layer                                 output   parameters',
      '────────────────────────────────────  ───────  ──────────',
      'words: embedding(100, 8)              [2,5,8]         800',
      'block: residual                       [2,5,8]',
      '  body: sequential                    [2,5,8]',
      '    linear(8, 8)                      [2,5,8]          72',
      '    layerNorm(8)                      [2,5,8]          16',
      '    residual                          [2,5,8]',
      '      body: relu                      [2,5,8]           0',
      '  shortcut: linear(8, 8, bias false)  [2,5,8]          64',
      'swap                                  [2,8,5]           0',
      'bn: batchNorm(8)                      [2,8,5]          16',
      '────────────────────────────────────  ───────  ──────────',
      'total                                                 968',
    ])
    expect(() => summary(model, [2, 5])).toThrow(/^words: embedding\(100, 8\): integer indices/)
  })

  it('of a layer that says nothing of its parts is one row', () => {
    expect(rowsOf(summary(nn.mlp([4, 8, 2], np.tanh), [3, 4])).get('mlp(4, 8, 2)')).toEqual(['[3,2]', '58'])
  })
})
