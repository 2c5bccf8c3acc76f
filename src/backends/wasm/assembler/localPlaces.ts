import type { Statement } from './functionBody.js'
import { Local, type Value, type ValueType } from './value.js'

/** A loop that is being walked: the statement it begins at, and the locals that it reads from outside. */
type Loop = { readonly from: number; readonly outside: Set<number> }

/** The range of a function in which each constant local is needed, by its number; 0 where it is not. */
class Ranges {
  /** Constant locals, in the order in which they are set. */
  readonly constants: Local[] = []
  readonly variables = new Set<Local>()
  readonly from: Int32Array
  readonly to: Int32Array
  /** The number of the present statement; loops' ends count too. */
  at = 0
  /** From the outermost to the innermost. */
  readonly #loops: Loop[] = []

  constructor(locals: number) {
    this.from = new Int32Array(locals)
    this.to = new Int32Array(locals)
  }

  walk(statements: readonly Statement[]): void {
    for (const s of statements) {
      this.at++
      switch (s.kind) {
        case 'set':
          this.#read(s.value)
          if (s.local.isConstant) {
            this.constants.push(s.local)
            this.from[s.local.id] = this.at
            this.to[s.local.id] = this.at
          } else this.variables.add(s.local)
          break
        case 'do':
          for (const o of s.effect.operands) this.#read(o)
          break
        case 'block':
          this.walk(s.body)
          break
        case 'loop': {
          const loop = { from: this.at, outside: new Set<number>() }
          this.#loops.push(loop)
          this.walk(s.body)
          this.#loops.pop()
          for (const id of loop.outside) this.to[id] = ++this.at
          break
        }
        case 'if':
          this.#read(s.condition)
          this.walk(s.then)
          this.walk(s.otherwise)
          break
        case 'branch':
          if (s.condition !== null) this.#read(s.condition)
      }
    }
  }

  #read(value: Value): void {
    if (!(value instanceof Local)) {
      for (const o of value.operands) this.#read(o)
      return
    }
    const from = this.from[value.id]
    if (from === 0) return
    this.to[value.id] = this.at
    // a local that a loop reads from outside has to last until the loop ends
    for (const loop of this.#loops) if (from <= loop.from) loop.outside.add(value.id)
  }
}

export type Places = {
  /** By the local's own number; −1: it has none. */
  readonly placeOf: Int32Array
  /** Types of the places after the parameters'. */
  readonly types: readonly ValueType[]
}

/** Places for the locals of a function, those that never live together sharing one. */
export const localPlaces = (
  parameters: readonly Local[],
  locals: readonly Local[],
  statements: readonly Statement[],
): Places => {
  const ranges = new Ranges(locals.length)
  ranges.walk(statements)
  const placeOf = new Int32Array(locals.length).fill(-1)
  parameters.forEach((p, i) => {
    placeOf[p.id] = i
  })
  const types: ValueType[] = []
  const fresh = (type: ValueType): number => {
    types.push(type)
    return parameters.length + types.length - 1
  }
  for (const { id, type } of ranges.variables) if (placeOf[id] < 0) placeOf[id] = fresh(type)
  const free: { readonly [type in ValueType]: number[] } = { i32: [], i64: [], f32: [], f64: [], v128: [] }
  const { constants, from, to } = ranges
  const ending = [...constants].sort((a, b) => to[a.id] - to[b.id])
  let ended = 0
  for (const { id, type } of constants) {
    while (ended < ending.length && to[ending[ended].id] < from[id]) {
      const old = ending[ended++]
      free[old.type].push(placeOf[old.id])
    }
    placeOf[id] = free[type].pop() ?? fresh(type)
  }
  return { placeOf, types }
}
