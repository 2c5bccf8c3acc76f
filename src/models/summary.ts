import { optionsOf } from '../graph/options.js'
import type { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { leaves } from '../graph/tree.js'
import { aval, formatShape, type Shape } from '../ir/aval.js'
import type { DType } from '../ir/dtype.js'
import { toTensor } from '../ops/elementwise/lift.js'
import { key } from '../random/key.js'
import type { AnyLayer } from './layer.js'
import { within } from './layerName.js'
import { countParameters, entryOf } from './named.js'

type Row = readonly [layer: string, output: string, parameters: string]

/** The rows of a layer's parts, each with its own parts indented below it, and the layer's output. */
const rowsOf = (
  layer: AnyLayer<Tensor, unknown>,
  params: unknown,
  state: unknown,
  x: Tensor,
  depth: number,
): { readonly rows: readonly Row[]; readonly y: unknown } => {
  let previous = x
  const rows = (layer.parts ?? []).flatMap((part): readonly Row[] => {
    const [p, s] = [entryOf(params, part.key), entryOf(state, part.key)]
    const input = part.input === 'previous' ? previous : x
    const inner = within(part.labelled ? part.key : `sequential[${part.key}]`, () =>
      rowsOf(part.layer, p, s, input, depth + 1),
    )
    previous = inner.y as Tensor // parts are from tensor to tensor
    const prefix = part.labelled && part.key !== part.layer.name ? `${part.key}: ` : ''
    const label = `${'  '.repeat(depth)}${prefix}${part.layer.name}`
    const own = inner.rows.length > 0 ? '' : count(p)
    return [[label, shapesOf(inner.y), own], ...inner.rows]
  })
  return { rows, y: layer.apply(params as never, state as never, x, { train: false })[0] }
}

/** The shape of a tensor, or of all tensors in a tree. */
const shapesOf = (y: unknown): string =>
  leaves(y)
    .map((leaf) => formatShape(toTensor(leaf).shape))
    .join(' ')

const count = (params: unknown): string => countParameters(params).toLocaleString('en-US')

/**
 * A table of layers, output shapes and parameter counts for inputs of a shape (batch included). Layers inside others are indented
 * below them; where a layer gives several tensors, all their shapes are shown. Nothing is computed. A layer of several tensors has no
 * single input shape: summarize a layer around it that makes them from one.
 * @param options `dtype` of the input, float32 by default; embeddings take int32
 * @throws ShapeError naming the layer that the shape does not fit
 * @example
 * ```ts
 * import { summary } from 'grad-ts/debug'
 *
 * summary(nn.sequential(nn.linear(4, 2), nn.relu), [1, 4])
 * // => layer         output  parameters
 * //    ────────────  ──────  ──────────
 * //    linear(4, 2)  [1,2]           10
 * //    relu          [1,2]            0
 * //    ────────────  ──────  ──────────
 * //    total                         10
 * const words = nn.sequential({ table: nn.embedding(50, 4), head: nn.residual(nn.linear(4, 4)) })
 * summary(words, [1, 7], { dtype: 'int32' })
 * // => layer                    output   parameters
 * //    ───────────────────────  ───────  ──────────
 * //    table: embedding(50, 4)  [1,7,4]         200
 * //    head: residual           [1,7,4]
 * //      body: linear(4, 4)     [1,7,4]          20
 * //    ───────────────────────  ───────  ──────────
 * //    total                                    220
 * ```
 */
export const summary = (
  model: AnyLayer<Tensor, unknown>,
  inputShape: Shape,
  options?: { readonly dtype?: DType },
): string => {
  const { dtype = 'float32' } = optionsOf('summary', 'dtype', options)
  const seed = key(0)
  const found: { rows: readonly Row[]; total: string }[] = []
  trace('summary', [seed.aval, aval(inputShape, dtype)], ([k, x]) => {
    const { params, state } = model.init(k)
    const { rows, y } = rowsOf(model, params, state, x, 0)
    const itself: Row = [model.name, shapesOf(y), count(params)]
    found.push({ rows: rows.length > 0 ? rows : [itself], total: count(params) })
    return leaves(y).map((leaf) => toTensor(leaf))
  })
  const [{ rows, total }] = found
  return table([['layer', 'output', 'parameters'], ...rows, ['total', '', total]])
}

const table = (rows: readonly Row[]): string => {
  const widths = [0, 1, 2].map((c) => Math.max(...rows.map((r) => r[c].length)))
  const line = ([a, b, c]: Row) => `${a.padEnd(widths[0])}  ${b.padEnd(widths[1])}  ${c.padStart(widths[2])}`
  const rule = widths.map((w) => '─'.repeat(w)).join('  ')
  return [line(rows[0]), rule, ...rows.slice(1, -1).map(line), rule, line(rows[rows.length - 1])].join('\n')
}
