import type { Statement } from './functionBody.js'
import { Local, type Value, type ValueType } from './value.js'

type Range = { readonly local: Local; readonly from: number; to: number }

/** From where to where in a function each constant local is needed, and the other locals. */
class Ranges {
  readonly ranges = new Map<Local, Range>()
  readonly variables = new Set<Local>()
  private at = 0
  /** Loops around the current place, by where they begin, and what they read from outside. */
  private readonly loops: { readonly from: number; readonly outside: Set<Range> }[] = []

  walk(statements: readonly Statement[]): void {
    for (const s of statements) {
      this.at++
      switch (s.kind) {
        case 'set':
          this.read(s.value)
          if (s.local.isConstant) this.ranges.set(s.local, { local: s.local, from: this.at, to: this.at })
          else this.variables.add(s.local)
          break
        case 'do':
          for (const o of s.effect.operands) this.read(o)
          break
        case 'block':
          this.walk(s.body)
          break
        case 'loop': {
          const loop = { from: this.at, outside: new Set<Range>() }
          this.loops.push(loop)
          this.walk(s.body)
          this.loops.pop()
          for (const range of loop.outside) range.to = ++this.at
          break
        }
        case 'if':
          this.read(s.condition)
          this.walk(s.then)
          this.walk(s.otherwise)
          break
        case 'branch':
          if (s.condition !== null) this.read(s.condition)
      }
    }
  }

  private read(value: Value): void {
    if (value instanceof Local) {
      const range = this.ranges.get(value)
      if (range === undefined) return
      range.to = this.at
      // what a loop reads from outside has to last until the loop ends
      for (const loop of this.loops) if (range.from <= loop.from) loop.outside.add(range)
    } else for (const o of value.operands) this.read(o)
  }
}

/** Numbers for the locals of a function, those that never live together sharing one; and the types of the numbers. */
export const localPlaces = (
  parameters: readonly Local[],
  statements: readonly Statement[],
): { readonly placeOf: ReadonlyMap<Local, number>; readonly types: readonly ValueType[] } => {
  const ranges = new Ranges()
  ranges.walk(statements)
  const placeOf = new Map<Local, number>(parameters.map((p, i) => [p, i]))
  const types: ValueType[] = []
  const fresh = (type: ValueType): number => {
    types.push(type)
    return parameters.length + types.length - 1
  }
  for (const variable of ranges.variables)
    if (!placeOf.has(variable)) placeOf.set(variable, fresh(variable.type))
  const free: { readonly [type in ValueType]: number[] } = { i32: [], i64: [], f32: [], f64: [], v128: [] }
  const ordered = [...ranges.ranges.values()].sort((a, b) => a.from - b.from)
  const ending = [...ordered].sort((a, b) => a.to - b.to)
  let ended = 0
  for (const { local, from } of ordered) {
    while (ended < ending.length && ending[ended].to < from) {
      const { local: old } = ending[ended++]
      free[old.type].push(placeOf.get(old) as number)
    }
    placeOf.set(local, free[local.type].pop() ?? fresh(local.type))
  }
  return { placeOf, types }
}
