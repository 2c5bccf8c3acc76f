import { optionsOf } from '../../graph/options.js'
import { letters, printGraph } from '../../graph/print.js'
import { inputNames } from '../inputNames.js'
import type { Lowered } from '../jit.js'
import { explainAsText, reportProgram } from './explain.js'
import { explainAsHtml } from './explainHtml.js'

/**
 * A report on the program that would run: the graph, the names of its inputs, and for every kernel the equations it computes and who asked for them,
 * why it ends where it does, its cost, where it runs, and its source where one is generated. With `html`, a page of its own, the graph
 * drawn and its kernels coloured.
 * @example
 * ```ts
 * import { explain } from 'grad-ts/debug'
 *
 * const lowered = jit((x: Tensor) => np.sin(x).mul(2)).lower(np.zeros([3]))
 * explain(lowered).includes('sin → f32[3]') // => true
 * explain(lowered).includes('inputs: a is x') // => true
 * explain(lowered, { html: true }).startsWith('<!doctype html>') // => true
 * ```
 */
export const explain = (lowered: Lowered, options?: { readonly html?: boolean }): string => {
  const { html = false } = optionsOf('explain', 'html', options)
  const { program, optimized, backend, placements } = lowered
  const report = {
    ...reportProgram(program, backend.capabilities.costs, placements),
    peakBytes: lowered.peakBytes(),
  }
  const names = inputNames(lowered.source, lowered.paths)
  if (html) return explainAsHtml(report, optimized, names, backend.name)
  const inputs =
    names.length === 0 ? '' : `inputs: ${names.map((n, i) => `${letters(i)} is ${n}`).join(', ')}\n\n`
  return `${printGraph(optimized)}\n\n${inputs}${explainAsText(report, backend.name)}`
}
