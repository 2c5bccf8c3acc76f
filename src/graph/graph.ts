import type { Aval } from '../ir/aval.js'
import type { AnyPrimitive } from './primitive.js'
import type { SourceSite } from './sourceSite.js'

/** A variable of a graph: bound once, by an input or an equation. */
export type Var = { readonly kind: 'var'; readonly id: number; readonly aval: Aval }

/** A constant of any shape whose elements are all the same number; it needs no storage. */
export type Lit = { readonly kind: 'lit'; readonly value: number; readonly aval: Aval }

export type Atom = Var | Lit

/** An effect besides computing: the equation is then never removed, merged or reordered. */
export type Effect = 'io'

/** `outputs = primitive[params](inputs)`. */
export type Eqn = {
  readonly primitive: AnyPrimitive
  readonly params: object
  readonly inputs: readonly Atom[]
  readonly outputs: readonly Var[]
  readonly effects: readonly Effect[]
  /** The line of the user's code that asked for it; not part of the graph's identity. */
  readonly source?: SourceSite
}

/** A closed program: equations in order, from inputs to outputs. Frozen, plain data. */
export type Graph = {
  readonly inputs: readonly Var[]
  readonly eqns: readonly Eqn[]
  readonly outputs: readonly Atom[]
}

const noEffects: readonly Effect[] = Object.freeze([])
const effectsWithin = new WeakMap<Graph, readonly Effect[]>()

const effectsOfGraph = (graph: Graph): readonly Effect[] => {
  let effects = effectsWithin.get(graph)
  if (effects === undefined) {
    effects = graph.eqns.find((e) => e.effects.length > 0)?.effects ?? noEffects
    effectsWithin.set(graph, effects)
  }
  return effects
}

/** An equation has the effects of its primitive and of the primitives in its sub-graphs. */
const effectsOf = (primitive: AnyPrimitive, params: object): readonly Effect[] =>
  primitive.effects ??
  subGraphs(params)
    .map(effectsOfGraph)
    .find((e) => e.length > 0) ??
  noEffects

let nextId = 0

export const newVar = (aval: Aval): Var => Object.freeze({ kind: 'var', id: nextId++, aval })

export const newLit = (value: number, aval: Aval): Lit => Object.freeze({ kind: 'lit', value, aval })

export const newEqn = (
  primitive: AnyPrimitive,
  params: object,
  inputs: readonly Atom[],
  outputs: readonly Var[],
  source?: SourceSite,
): Eqn =>
  Object.freeze({
    primitive,
    params,
    inputs: Object.freeze(inputs),
    outputs: Object.freeze(outputs),
    effects: effectsOf(primitive, params),
    ...(source === undefined ? {} : { source }),
  })

export const newGraph = (inputs: readonly Var[], eqns: readonly Eqn[], outputs: readonly Atom[]): Graph =>
  Object.freeze({ inputs: Object.freeze(inputs), eqns: Object.freeze(eqns), outputs: Object.freeze(outputs) })

/** Whether a parameter of an equation is a sub-graph. */
export const isGraph = (value: unknown): value is Graph =>
  typeof value === 'object' && value !== null && 'eqns' in value && 'inputs' in value && 'outputs' in value

/** The sub-graphs among an equation's parameters, one level deep (lists of graphs included). */
export const subGraphs = (params: object): readonly Graph[] =>
  Object.values(params).flatMap((v: unknown) =>
    Array.isArray(v) ? v.filter(isGraph) : isGraph(v) ? [v] : [],
  )
