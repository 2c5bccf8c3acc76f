import { aval, formatShape, type Shape } from '../graph/aval.js'
import { byteSize, type DType } from '../graph/dtype.js'
import { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import * as tree from '../graph/tree.js'
import type { Layer, Observe } from './layer.js'

type Row = {
  readonly depth: number
  readonly name: string
  readonly output: Shape
  readonly parameters: number
}

const leaves = (params: unknown): readonly Tensor[] =>
  tree.leaves(params).filter((leaf): leaf is Tensor => leaf instanceof Tensor)

const elements = (tensors: readonly Tensor[]): number => tensors.reduce((n, t) => n + t.size, 0)

/** Fills `rows` in the order in which layers begin. */
const observer =
  (rows: Row[], depth: number): Observe =>
  (name, params) => {
    const place = rows.push({ depth, name, output: [], parameters: elements(leaves(params)) }) - 1
    return {
      inside: observer(rows, depth + 1),
      done: (output) => {
        rows[place] = { ...rows[place], output }
      },
    }
  }

const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',')

const bytes = (n: number): string =>
  n < 1e3
    ? `${n} B`
    : n < 1e6
      ? `${(n / 1e3).toFixed(1)} kB`
      : n < 1e9
        ? `${(n / 1e6).toFixed(1)} MB`
        : `${(n / 1e9).toFixed(1)} GB`

/** Columns padded to their widest cell; the last one to the right. */
const table = (lines: readonly (readonly [string, string, string])[]): readonly string[] => {
  const [a, b, c] = [0, 1, 2].map((i) => Math.max(...lines.map((line) => line[i].length)))
  return lines.map(([x, y, z]) => `${x.padEnd(a)}  ${y.padEnd(b)}  ${z.padStart(c)}`)
}

/**
 * A table of a model's layers: name, output shape, number of parameters; those of a layer made of layers count
 * theirs. Nothing is computed: the model is initialised and applied on abstract values.
 * @param inputShape batch axis included
 * @param options `dtype` of the input (float32)
 * @throws ShapeError naming the layer that does not fit
 * @example
 * ```ts
 * nn.summary(nn.sequential(nn.linear(784, 128), nn.relu, nn.linear(128, 10)), [1, 784])
 * // => layer                 output shape  parameters
 * // sequential            [1,10]           101,770
 * //   linear(784, 128)    [1,128]          100,480
 * //   relu                [1,128]                0
 * //   linear(128, 10)     [1,10]             1,290
 * // total                                101,770
 * ```
 */
export const summary = <P, S>(
  model: Layer<P, S>,
  inputShape: Shape,
  options: { readonly dtype?: DType } = {},
): string => {
  const rows: Row[] = []
  let parameters: readonly Tensor[] = []
  trace(
    `summary(${model.name})`,
    [aval([2], 'uint32'), aval(inputShape, options.dtype ?? 'float32')],
    ([key, x]) => {
      const { params, state } = model.init(key)
      parameters = leaves(params)
      return [model.apply(params, state, x, { observe: observer(rows, 0) })[0]]
    },
  )
  const size = parameters.reduce((n, t) => n + t.size * byteSize(t.dtype), 0)
  const [head, ...body] = table([
    ['layer', 'output shape', 'parameters'],
    ...rows.map((r): [string, string, string] => [
      `${'  '.repeat(r.depth)}${r.name}`,
      formatShape(r.output),
      thousands(r.parameters),
    ]),
    ['total', bytes(size), thousands(elements(parameters))],
  ])
  const rule = '─'.repeat(head.length)
  return [head, rule, ...body.slice(0, -1), rule, body[body.length - 1]].join('\n')
}
