import { formatAval } from '../aval.js'
import type { Eqn, Graph, Var } from '../graph.js'
import type { ProgramReport, StepReport } from './explain.js'

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** Kernels in order get colours far from each other: hues a golden angle apart. */
const colourOf = (number: number): string => `hsl(${Math.round((number * 137.508) % 360)} 65% 82%)`

type Node = {
  readonly label: string
  readonly detail: string
  readonly colour: string
  /** In which row it is drawn: below everything that it needs. */
  readonly row: number
  readonly needs: readonly number[]
}

/** Inputs, equations and results as nodes, each after what it needs. */
const nodesOf = (graph: Graph, kernelOf: ReadonlyMap<string, number>): readonly Node[] => {
  const nodes: Node[] = []
  const makers = new Map<Var, number>()
  const add = (node: Omit<Node, 'row'>): number => {
    const row = node.needs.reduce((most, n) => Math.max(most, nodes[n].row + 1), 0)
    return nodes.push({ ...node, row }) - 1
  }
  const needed = (atoms: Eqn['inputs']): readonly number[] => [
    ...new Set(atoms.flatMap((a) => (a.kind === 'var' ? (makers.get(a) ?? []) : []))),
  ]
  graph.inputs.forEach((v, i) => {
    makers.set(v, add({ label: `input ${i}`, detail: formatAval(v.aval), colour: '#fff', needs: [] }))
  })
  for (const eqn of graph.eqns) {
    const kernel = kernelOf.get(keyOf(eqn))
    const at = add({
      label: eqn.primitive.name,
      detail: `${eqn.outputs.map((v) => formatAval(v.aval)).join(', ')}${kernel === undefined ? '' : ` · ${kernel}`}`,
      colour: kernel === undefined ? '#eee' : colourOf(kernel),
      needs: needed(eqn.inputs),
    })
    for (const v of eqn.outputs) makers.set(v, at)
  }
  graph.outputs.forEach((a, i) => {
    add({ label: `result ${i}`, detail: formatAval(a.aval), colour: '#fff', needs: needed([a]) })
  })
  return nodes
}

/** What an equation is found by: its results are its own. */
const keyOf = (eqn: Eqn): string => eqn.outputs.map((v) => v.id).join(',')

const [boxWidth, boxHeight, gapX, gapY, margin] = [132, 40, 18, 34, 12]

/** The graph from top to bottom, one row a longest path. */
const drawing = (nodes: readonly Node[]): string => {
  const rows = Math.max(0, ...nodes.map((n) => n.row)) + 1
  const inRow = Array.from({ length: rows }, () => 0)
  const places = nodes.map(({ row }) => ({
    x: margin + inRow[row]++ * (boxWidth + gapX),
    y: margin + row * (boxHeight + gapY),
  }))
  const width = 2 * margin + Math.max(1, ...inRow) * (boxWidth + gapX)
  const height = 2 * margin + rows * (boxHeight + gapY)
  const edges = nodes.flatMap(({ needs }, i) =>
    needs.map((from) => {
      const [a, b] = [places[from], places[i]]
      const [x1, y1, x2, y2] = [a.x + boxWidth / 2, a.y + boxHeight, b.x + boxWidth / 2, b.y]
      const middle = (y1 + y2) / 2
      return `<path d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}"/>`
    }),
  )
  const boxes = nodes.map(
    ({ label, detail, colour }, i) =>
      `<g transform="translate(${places[i].x} ${places[i].y})"><rect width="${boxWidth}" height="${boxHeight}" rx="5" fill="${colour}"/><text x="${boxWidth / 2}" y="17">${escaped(label)}</text><text class="detail" x="${boxWidth / 2}" y="32">${escaped(detail)}</text></g>`,
  )
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><g class="edges">${edges.join('')}</g>${boxes.join('')}</svg>`
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
export const explainAsHtml = (report: ProgramReport, graph: Graph, backend: string): string => {
  const kernelOf = new Map(
    [...report.steps].reverse().flatMap((s) => s.equations.map((e) => [keyOf(e.eqn), s.number] as const)),
  )
  const { length } = report.steps
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${length} kernels for ${escaped(backend)}</title><style>
body{font:14px system-ui,sans-serif;margin:16px;color:#222}h1{font-size:18px}main{display:flex;gap:24px;align-items:flex-start}
.graph{overflow:auto;flex:1;border:1px solid #ddd;max-height:92vh}.kernels{flex:1;max-height:92vh;overflow:auto}
svg text{text-anchor:middle;font:12px system-ui,sans-serif}svg .detail{font-size:10px;fill:#555}svg rect{stroke:#888}
.edges path{fill:none;stroke:#aaa}summary{padding:6px;border-radius:5px;cursor:pointer}summary span,i{color:#555;font-size:12px}
pre{white-space:pre-wrap;background:#f6f6f6;padding:6px;font-size:12px}section{margin-left:20px}details{margin-bottom:8px}
</style></head><body><h1>${length} ${length === 1 ? 'kernel' : 'kernels'} for ${escaped(backend)}, peak ${count(report.peakBytes)} bytes</h1>
<main><div class="graph">${drawing(nodesOf(graph, kernelOf))}</div><div class="kernels">${cards(report)}</div></main></body></html>
`
}
