import { formatAval } from '../ir/aval.js'
import type { Atom, Graph, Var } from './graph.js'
import { isGraph } from './graph.js'
import { HostRef } from './structuralKey.js'

/** The name of a graph's n-th variable, counted from its inputs: a … z, aa, ab …. @internal */
export const letters = (n: number): string =>
  (n < 26 ? '' : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(97 + (n % 26))

const printParam = (value: unknown, indent: string): string => {
  if (isGraph(value)) return printAt(value, `${indent}  `)
  if (value instanceof HostRef) return `@${value.name}`
  if (Array.isArray(value)) return `[${value.map((v) => printParam(v, indent)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([k, v]) => `${k}=${printParam(v, indent)}`)
      .join(' ')}}`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

const printAt = (graph: Graph, indent: string): string => {
  const names = new Map<Var, string>()
  const define = (v: Var): string => {
    names.set(v, letters(names.size))
    return `${names.get(v)}:${formatAval(v.aval)}`
  }
  const use = (a: Atom): string =>
    a.kind === 'lit' ? `${printParam(a.value, indent)}:${formatAval(a.aval)}` : (names.get(a) ?? '?')
  const inputs = graph.inputs.map(define).join(' ')
  const lines = graph.eqns.map((e) => {
    const operands = e.inputs.map(use).join(' ')
    const params = Object.entries(e.params)
      .map(([k, v]) => `${k}=${printParam(v, indent)}`)
      .join(' ')
    return `${e.outputs.map(define).join(' ')} = ${e.primitive.name}${params === '' ? '' : `[${params}]`}${operands === '' ? '' : ` ${operands}`}`
  })
  const outs = graph.outputs.map(use).join(', ')
  const body = lines.length === 0 ? '' : `\n${indent}  let ${lines.join(`\n${indent}      `)}`
  return `{ lambda${inputs === '' ? '' : ` ${inputs}`} .${body}\n${indent}  in (${outs}) }`
}

/**
 * A graph as text: `{ lambda inputs . let out:aval = primitive[params] operands … in (outputs) }`.
 * Variables are named in order of appearance, so equal graphs print alike.
 */
export const printGraph = (graph: Graph): string => printAt(graph, '')
