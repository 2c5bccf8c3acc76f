import type { Aval } from './aval.js'

/** An equation of a graph that a step computes, as far as a report names it. */
export type Origin = {
  readonly primitive: { readonly name: string }
  readonly outputs: readonly { readonly id: number; readonly aval: Aval }[]
  readonly source?: { readonly error: Error }
}

/**
 * The equations that made a value from values in memory: the last one, and those that made its operands. Values share
 * the equations they have in common, so that all values of a chain together take no more than the chain.
 */
export type Lineage = {
  readonly of: readonly Lineage[]
  readonly eqn: Origin | null
  /** The names of its primitives, each once. */
  readonly names: readonly string[]
}

/** The lineage of a value that is in memory already. */
export const fromMemory: Lineage = { of: [], eqn: null, names: [] }

export const lineageOf = (parts: readonly Lineage[], eqn: Origin | null = null): Lineage => {
  const of = [...new Set(parts)].filter((o) => o !== fromMemory)
  const [first = fromMemory] = of
  if (of.length < 2 && eqn === null) return first
  const all = new Set(of.flatMap((o) => o.names))
  if (eqn !== null) all.add(eqn.primitive.name)
  return { of, eqn, names: all.size === first.names.length ? first.names : [...all] }
}

/** The name of a kernel of these equations. */
export const nameOf = ({ names }: Lineage): string => names.join(' ') || 'copy'

/** The equations, operands first. */
export const equationsIn = (lineage: Lineage): readonly Origin[] => {
  const found = new Set<Origin>()
  const entered = new Set<Lineage>()
  const pending = [lineage]
  for (let last = pending.at(-1); last !== undefined; last = pending.at(-1)) {
    const left = entered.has(last) ? [] : last.of.filter((o) => !entered.has(o))
    entered.add(last)
    if (left.length > 0) pending.push(...left.reverse())
    else {
      pending.pop()
      if (last.eqn !== null) found.add(last.eqn)
    }
  }
  return [...found]
}
