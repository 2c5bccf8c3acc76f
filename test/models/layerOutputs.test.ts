import { describe, expect, it } from 'vitest'
import { layerOutputs } from '../../src/debug.js'
import { nn, np, random, type Tensor } from '../../src/index.js'

const values = (t: Tensor): readonly number[] => Array.from(t.dataSync())

describe('layerOutputs', () => {
  const model = nn.sequential({
    conv: nn.conv2d(1, 2, 3, { padding: 1 }),
    norm: nn.batchNorm(2),
    relu: nn.relu,
    drop: nn.dropout(0.5),
    flatten: nn.flatten,
    fc: nn.linear(32, 3),
  })
  const variables = model.init(random.key(3))
  const x = random.normal(random.key(4), [5, 1, 4, 4])

  it('gives what each part makes of what the part before it made, in evaluation', () => {
    const outputs = layerOutputs(model, variables, x)
    expect(outputs.map(({ name, output }) => [name, output.shape])).toEqual([
      ['conv', [5, 2, 4, 4]],
      ['norm', [5, 2, 4, 4]],
      ['relu', [5, 2, 4, 4]],
      ['drop', [5, 2, 4, 4]],
      ['flatten', [5, 32]],
      ['fc', [5, 3]],
    ])
    const [conv, norm, relu, drop, flatten, fc] = outputs.map(({ output }) => values(output))
    const { weight, bias } = variables.params.conv
    expect(conv).toEqual(values(nn.conv2d(1, 2, 3, { padding: 1 }).call({ weight, bias }, x)))
    // running statistics of a fresh start: mean 0, variance 1
    norm.forEach((v, i) => {
      expect(v).toBeCloseTo(conv[i] / Math.sqrt(1 + 1e-5), 5)
    })
    expect(relu).toEqual(norm.map((v) => Math.max(v, 0)))
    expect(drop).toEqual(relu)
    expect(flatten).toEqual(relu)
    expect(fc).toEqual(values(model.apply(variables.params, variables.state, x, { train: false })[0]))
  })

  it('hands out the parameters of each part', () => {
    const outputs = layerOutputs(model, variables, x)
    expect(outputs[0].params).toBe(variables.params.conv)
    expect(outputs[1].params).toBe(variables.params.norm)
    expect(outputs[5].params).toBe(variables.params.fc)
    expect(outputs[2].params ?? null).toBeNull()
  })

  it('names the parts of a model without names by their place', () => {
    const unnamed = nn.sequential(nn.linear(2, 3), nn.relu)
    const start = unnamed.init(random.key(0))
    expect(layerOutputs(unnamed, start, np.ones([1, 2])).map(({ name }) => name)).toEqual(['0', '1'])
  })

  it('takes a layer without parts for one part', () => {
    const layer = nn.linear(2, 3)
    const start = layer.init(random.key(0))
    const outputs = layerOutputs(layer, start, np.ones([4, 2]))
    expect(outputs.map(({ name, output }) => [name, output.shape])).toEqual([['linear(2, 3)', [4, 3]]])
    expect(values(outputs[0].output)).toEqual(values(layer.call(start.params, np.ones([4, 2]))))
  })
})
