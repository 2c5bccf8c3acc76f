import { aval, formatShape, type Shape } from '../graph/aval.js'
import { Tensor } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import { leaves } from '../graph/tree.js'
import { key } from '../random/key.js'
import type { Mode, Part } from './layer.js'

/** What a summary needs of a model. */
type Summarized = {
  readonly name: string
  readonly init: (key: Tensor) => { readonly params: unknown; readonly state: unknown }
  readonly apply: (params: never, state: never, x: Tensor, mode: Mode) => readonly [Tensor, unknown]
  readonly parts?: readonly Part[]
}

/** Number of values in a tree of parameters. */
export const countParameters = (params: unknown): number =>
  leaves(params).reduce<number>((n, l) => n + (l instanceof Tensor ? l.size : 1), 0)

const shapeAfter = (run: (x: Tensor) => Tensor, shape: Shape): Shape =>
  trace('summary', [aval(shape, 'float32')], ([x]) => [run(x)]).graph.outputs[0].aval.shape

/**
 * A table of layers, output shapes and parameter counts for inputs of a shape (batch included); nothing is
 * computed but the initial parameters.
 * @throws ShapeError naming the layer that the shape does not fit
 * @example
 * ```ts
 * nn.summary(nn.sequential(nn.linear(4, 2), nn.relu), [1, 4])
 * // => layer         output  parameters
 * //    ────────────  ──────  ──────────
 * //    linear(4, 2)  [1,2]           10
 * //    relu          [1,2]            0
 * //    ────────────  ──────  ──────────
 * //    total                         10
 * ```
 */
export const summary = (model: Summarized, inputShape: Shape): string => {
  const { params, state } = model.init(key(0))
  const whole: Part = {
    name: model.name,
    run: (p, s, x, mode) => model.apply(p as never, s as never, x, mode)[0],
  }
  const parts = model.parts ?? [whole]
  const entry = (tree: unknown, i: number): unknown =>
    model.parts === undefined ? tree : Array.isArray(tree) ? tree[i] : null
  let shape = inputShape
  const rows = parts.map(({ name, run }, i): [string, string, string] => {
    shape = shapeAfter((x) => run(entry(params, i), entry(state, i), x, { train: false }), shape)
    return [name, formatShape(shape), countParameters(entry(params, i)).toLocaleString('en-US')]
  })
  return table([
    ['layer', 'output', 'parameters'],
    ...rows,
    ['total', '', countParameters(params).toLocaleString('en-US')],
  ])
}

const table = (rows: readonly (readonly [string, string, string])[]): string => {
  const widths = [0, 1, 2].map((c) => Math.max(...rows.map((r) => r[c].length)))
  const line = ([a, b, c]: readonly [string, string, string]) =>
    `${a.padEnd(widths[0])}  ${b.padEnd(widths[1])}  ${c.padStart(widths[2])}`
  const rule = widths.map((w) => '─'.repeat(w)).join('  ')
  return [line(rows[0]), rule, ...rows.slice(1, -1).map(line), rule, line(rows[rows.length - 1])].join('\n')
}
