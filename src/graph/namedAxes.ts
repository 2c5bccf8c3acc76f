import { GradError } from '../ir/errors.js'
import { type Eqn, type Graph, subGraphs } from './graph.js'

/** An axis that an enclosing `vmap` has named. */
export type NamedAxis = { readonly name: string; readonly size: number }

let axes: readonly NamedAxis[] = []

/** Runs `body`, in which collectives may name one more axis. */
export const withinAxis = <T>(axis: NamedAxis | null, body: () => T): T => {
  const outer = axes
  if (axis !== null) axes = [...axes, axis]
  try {
    return body()
  } finally {
    axes = outer
  }
}

/** The axes that can be named here, the innermost last. */
export const namedAxes = (): readonly NamedAxis[] => axes

/** @throws GradError where no enclosing `vmap` has the name */
export const requireAxis = (operation: string, name: string): NamedAxis => {
  const at = axes.map((a) => a.name).lastIndexOf(name)
  if (at >= 0) return axes[at]
  const known = axes.length === 0 ? 'none' : axes.map((a) => a.name).join(', ')
  throw new GradError(
    `${operation}: an axis named by an enclosing vmap is required, got '${name}' where ${known} can be named. Give vmap { axisName: '${name}' }.`,
  )
}

const free = new WeakMap<Graph, ReadonlySet<string>>()

const axesOfGraph = (graph: Graph): ReadonlySet<string> => {
  const known = free.get(graph)
  if (known !== undefined) return known
  const names = new Set(graph.eqns.flatMap((e) => [...axesOf(e.params)]))
  free.set(graph, names)
  return names
}

/** The names of the axes that an equation's collectives use, also within its sub-graphs. */
export const axesOf = (params: object): ReadonlySet<string> => {
  if ('axisName' in params && typeof params.axisName === 'string') return new Set([params.axisName])
  return new Set(subGraphs(params).flatMap((g) => [...axesOfGraph(g)]))
}

/** Whether the `vmap` of that name has to interpret an equation even if none of its operands is batched. */
export const speaksOf = (eqn: Eqn, name: string | null): boolean =>
  name !== null && axesOf(eqn.params).has(name)
