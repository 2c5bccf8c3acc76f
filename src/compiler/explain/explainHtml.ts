import type { Eqn, Graph, Var } from '../../graph/graph.js'
import { formatAval } from '../../ir/aval.js'
import type { Origin } from '../../ir/lineage.js'
import type { ProgramReport, StepReport } from './explain.js'
import { boxSize, layeredLayout } from './layeredLayout.js'

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** Kernels in order get colours far from each other: hues a golden angle apart. */
const colourOf = (number: number): string => `hsl(${Math.round((number * 137.508) % 360)} var(--kernel))`
const plain = 'var(--card)'

type Node = {
  readonly label: string
  readonly detail: string
  readonly colour: string
  readonly needs: readonly number[]
}

/** Inputs, equations and results as nodes, each after those it needs. */
const nodesOf = (
  graph: Graph,
  kernelOf: ReadonlyMap<string, number>,
  inputNames: readonly string[],
): readonly Node[] => {
  const nodes: Node[] = []
  const makers = new Map<Var, number>()
  const add = (node: Node): number => nodes.push(node) - 1
  const needed = (atoms: Eqn['inputs']): readonly number[] => [
    ...new Set(atoms.flatMap((a) => (a.kind === 'var' ? (makers.get(a) ?? []) : []))),
  ]
  graph.inputs.forEach((v, i) => {
    makers.set(v, add({ label: inputNames[i], detail: formatAval(v.aval), colour: plain, needs: [] }))
  })
  for (const eqn of graph.eqns) {
    const kernel = kernelOf.get(keyOf(eqn))
    const at = add({
      label: eqn.primitive.name,
      detail: `${eqn.outputs.map((v) => formatAval(v.aval)).join(', ')}${kernel === undefined ? '' : ` · ${kernel}`}`,
      colour: kernel === undefined ? plain : colourOf(kernel),
      needs: needed(eqn.inputs),
    })
    for (const v of eqn.outputs) makers.set(v, at)
  }
  graph.outputs.forEach((a, i) => {
    add({ label: `result ${i}`, detail: formatAval(a.aval), colour: plain, needs: needed([a]) })
  })
  return nodes
}

/** The key of an equation: its results are its own. */
const keyOf = (eqn: Origin): string => eqn.outputs.map((v) => v.id).join(',')

const [labelLength, detailLength] = [20, 26]
const cut = (text: string, most: number): string => {
  const letters = [...text]
  return escaped(letters.length <= most ? text : `…${letters.slice(1 - most).join('')}`)
}

/** The graph from top to bottom. As wide as there is room, but no smaller than half its size, and in full on phones. */
const drawing = (nodes: readonly Node[]): string => {
  const { width, height, boxes, lines, far } = layeredLayout(nodes.map(({ needs }) => needs))
  const drawn = nodes.map(
    ({ label, detail, colour }, i) =>
      `<g transform="translate(${boxes[i].x} ${boxes[i].y})"><title>${escaped(`${label}: ${detail}`)}</title><rect width="${boxSize.width}" height="${boxSize.height}" rx="5" style="fill:${colour}"/><text x="${boxSize.width / 2}" y="17">${cut(label, labelLength)}</text><text class="detail" x="${boxSize.width / 2}" y="32">${cut(detail, detailLength)}</text></g>`,
  )
  const told = boxes.flatMap(({ x, y }, i) => {
    const names = far.flatMap(({ box, needs }) => (box === i ? [nodes[needs].label] : []))
    return names.length === 0
      ? []
      : [
          `<text class="detail" x="${x + boxSize.width / 2}" y="${y - 4}">↑ ${cut(names.join(', '), detailLength)}</text>`,
        ]
  })
  return `<svg style="--width:${width}px" viewBox="0 0 ${width} ${height}"><g class="edges">${lines.map((d) => `<path d="${d}"/>`).join('')}</g>${drawn.join('')}${told.join('')}</svg>`
}

const count = (n: number): string => n.toLocaleString('en-US')

const card = (s: StepReport): string => `<details id="step${s.number}" open>
<summary style="background:${colourOf(s.number)}"><b>${s.number}</b> ${escaped(s.step.name)} <span>${count(s.flops)} operations · ${count(s.bytesRead)} bytes read · ${count(s.bytesWritten)} written</span></summary>
${s.placement === null ? '' : `<p>Runs ${escaped(s.placement.where)}.</p>`}
<pre>${escaped(s.line)}</pre>
${s.equations.length === 0 ? '' : `<ul>${s.equations.map((e) => `<li>${escaped(e.text)} <i>${escaped(e.site === 'unknown' ? '' : e.site)}</i></li>`).join('')}</ul>`}
<p>${s.ends.map(escaped).join('<br>')}</p>
${(s.placement?.sources ?? []).map((source) => `<details><summary>source</summary><pre>${escaped(source)}</pre></details>`).join('\n')}
${s.within.map((report) => `<section>${cards(report)}</section>`).join('\n')}
</details>`

const cards = ({ steps }: ProgramReport): string => steps.map(card).join('\n')

/** A report as one page that needs nothing else: the graph, its equations in the colours of their kernels, and the kernels. */
export const explainAsHtml = (
  report: ProgramReport,
  graph: Graph,
  inputNames: readonly string[],
  backend: string,
): string => {
  const kernelOf = new Map(
    [...report.steps].reverse().flatMap((s) => s.equations.map((e) => [keyOf(e.eqn), s.number] as const)),
  )
  const { length } = report.steps
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${length} kernels for ${escaped(backend)}</title><style>
:root{color-scheme:light dark;--ground:#fff;--ink:#222;--faint:#555;--line:#ddd;--card:#f2f2f2;--code:#f6f6f6;--kernel:65% 82%}
@media(prefers-color-scheme:dark){:root{--ground:#15181e;--ink:#e4e7ee;--faint:#aab2c0;--line:#3a414e;--card:#2a303b;--code:#1f242c;--kernel:35% 32%}}
body{font:14px system-ui,sans-serif;margin:16px;color:var(--ink);background:var(--ground)}h1{font-size:18px}main{display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start}
.graph,.kernels{flex:1 1 400px;min-width:0;max-height:92vh;overflow:auto}.graph{border:1px solid var(--line)}svg{display:block;width:100%;max-width:var(--width);min-width:calc(var(--width)/2);margin:auto}
svg text{text-anchor:middle;font:12px system-ui,sans-serif;fill:var(--ink)}svg .detail{font-size:10px;fill:var(--faint)}svg rect{stroke:#888}
.edges path{fill:none;stroke:#999}summary{padding:6px;border-radius:5px;cursor:pointer}summary span,i{color:var(--faint);font-size:12px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--code);padding:6px;font-size:12px}section{margin-left:20px}details{margin-bottom:8px}
@media(max-width:700px){svg{min-width:var(--width)}.graph,.kernels{flex-basis:100%;max-height:none}}
</style></head><body><h1>${length} ${length === 1 ? 'kernel' : 'kernels'} for ${escaped(backend)}, peak ${count(report.peakBytes)} bytes</h1>
<main><div class="graph">${drawing(nodesOf(graph, kernelOf, inputNames))}</div><div class="kernels">${cards(report)}</div></main></body></html>
`
}
