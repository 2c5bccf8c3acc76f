import { formatAval } from '../ir/aval.js'
import { type Atom, type Graph, isGraph, type Var } from './graph.js'

const keys = new WeakMap<Graph, string>()
const identities = new WeakMap<object, number>()
let nextIdentity = 0

/** A number for an object that is compared by identity (host functions). */
const identityOf = (value: object): number => {
  let id = identities.get(value)
  if (id === undefined) {
    id = nextIdentity++
    identities.set(value, id)
  }
  return id
}

/** Stands for a host function in an equation's params: plain data that is equal only to itself. */
export class HostRef<F extends (...args: never[]) => unknown = (...args: never[]) => unknown> {
  constructor(
    readonly name: string,
    readonly call: F,
  ) {
    Object.freeze(this)
  }
}

/** Whether an equation with these params holds host functions. */
export const hasHostFunctions = (params: object): boolean =>
  Object.values(params).some((value) => value instanceof HostRef)

/** Equal texts, equal parameters: numbers exactly (−0, NaN), sub-graphs by structure, host functions by identity. */
export const paramsKey = (value: unknown): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof HostRef) return `@${identityOf(value)}`
  if (isGraph(value)) return graphKey(value)
  if (Array.isArray(value)) return `[${value.map(paramsKey).join(',')}]`
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}:${paramsKey(v)}`)
    .join(',')}}`
}

/** The whole structure of a graph as text, regardless of variable names; kept as long as the graph. */
export const graphKey = (graph: Graph): string => {
  const known = keys.get(graph)
  if (known !== undefined) return known
  const numbers = new Map<Var, number>()
  const define = (v: Var): string => {
    numbers.set(v, numbers.size)
    return formatAval(v.aval)
  }
  const use = (a: Atom): string =>
    a.kind === 'lit' ? `${paramsKey(a.value)}:${formatAval(a.aval)}` : `%${numbers.get(a)}`
  const inputs = graph.inputs.map(define).join(',')
  const eqns = graph.eqns.map((e) => {
    const operands = e.inputs.map(use).join(',')
    return `${e.primitive.name}${paramsKey(e.params)}(${operands})->${e.outputs.map(define).join(',')}`
  })
  const key = `(${inputs}){${eqns.join(';')}}(${graph.outputs.map(use).join(',')})`
  keys.set(graph, key)
  return key
}
