import { type Shape, sizeOf } from '../../../ir/aval.js'
import { sizeOfExprs } from '../../../ir/costs.js'
import { isFloat } from '../../../ir/dtype.js'
import { internal } from '../../../ir/errors.js'
import type { BufferId, Expr, Load } from '../../../ir/expr.js'
import type { Reduction } from '../../../ir/program.js'
import { denseStrides } from '../../../ir/view.js'
import { isOnDevice } from '../natives.js'
import { insideOf, plus, times } from '../points.js'
import { callOf } from './functions.js'
import { neededSlots, type SingleKernel } from './kernels.js'

/** Numbers that have no literal, given to kernels as numbers. */
export type Special = 'infinity' | 'nan' | 'minusZero'

/** A kernel of one result in gpu.js's JavaScript: its arguments in order, first the arrays, and how many elements it makes. */
export type ScalarSource = {
  readonly source: string
  readonly arrays: readonly BufferId[]
  readonly specials: readonly Special[]
  readonly length: number
}

/** How many times the innermost loop of a reduction is written out, where its length allows. */
const unrolled = 8

/** Expressions longer than this are not written out several times. */
const shortEnough = 12

/** The quotient of a number that is not negative by a fixed one. */
const quotient = (e: string, by: number): string => {
  if (by === 1) return e
  return Number.isInteger(Math.log2(by)) ? `(${e} >> ${Math.log2(by)})` : `idiv(${e}, ${by})`
}

const remainder = (e: string, by: number): string =>
  Number.isInteger(Math.log2(by)) ? `(${e} & ${by - 1})` : `imod(${e}, ${by})`

/** An index of a reduced axis: `step` times its counter, plus `offset`. */
type Counter = { readonly name: string; readonly step: number; readonly offset: number }

/** The indices of a nest: of the space, from the number of the thread; of the reduced axes, counters. */
class Indices {
  /** Statements before all others. */
  readonly lines: string[] = []
  readonly #names = new Map<string, string>()
  readonly #strides: readonly number[]

  readonly #space: Shape
  readonly #reduced: Shape

  constructor(space: Shape, reduced: Shape) {
    this.#space = space
    this.#reduced = reduced

    this.#strides = denseStrides(space)
  }

  /** The value as an integer variable, which gpu.js makes only of what is counted up somewhere. */
  #integer(value: string): string {
    if (/^(-?\d+|this\.thread\.x|\w+)$/.test(value)) return value
    let name = this.#names.get(value)
    if (name === undefined) {
      name = `i${this.#names.size}`
      this.#names.set(value, name)
      this.lines.push(`let ${name} = 0; ${name}++; ${name} = ${value};`)
    }
    return name
  }

  #ofSpace(axis: number): string {
    const [space, strides] = [this.#space, this.#strides] as const
    if (space[axis] === 1) return '0'
    const at = quotient('this.thread.x', strides[axis])
    const isFirst = strides[axis] * space[axis] === sizeOf(space)
    return this.#integer(isFirst ? at : remainder(at, space[axis]))
  }

  /** An integer. `counters`: of the reduced axes. */
  at(axis: number, counters: readonly Counter[]): string {
    const k = axis - this.#space.length
    if (k < 0) return this.#ofSpace(axis)
    if (this.#reduced[k] === 1) return '0'
    const { name, step, offset } = counters[k]
    return plus([times(name, step), String(offset)])
  }

  /** `offset + Σ coefs[axis]·index`. Terms that loops do not change are computed before them. */
  place(offset: number, coefs: readonly number[], counters: readonly Counter[]): string {
    const [space, strides, reduced] = [this.#space, this.#strides, this.#reduced] as const
    const isThread = space.every((d, axis) => d === 1 || coefs[axis] === strides[axis])
    const fixed = isThread
      ? [sizeOf(space) === 1 ? '0' : 'this.thread.x']
      : space.map((d, axis) => (d === 1 || coefs[axis] === 0 ? '0' : times(this.#ofSpace(axis), coefs[axis])))
    const moving = reduced.flatMap((d, k) => {
      // expressions outside of the loops have no strides for them
      const c = coefs[space.length + k] ?? 0
      return d === 1 || c === 0 ? [] : [{ ...counters[k], coef: c }]
    })
    const shift = moving.reduce((sum, m) => sum + m.coef * m.offset, 0)
    if (moving.length === 0) return plus([...fixed, String(offset)])
    const start = this.#integer(plus([...fixed, String(offset)]))
    return plus([start, ...moving.map((m) => times(m.name, m.coef * m.step)), String(shift)])
  }
}

/** Where in a reduction's loops statements are, and the names of its values there. */
type Scope = {
  readonly counters: readonly Counter[]
  readonly acc: ReadonlyMap<number, string>
  readonly elem: ReadonlyMap<number, string>
}

const outside: Scope = { counters: [], acc: new Map(), elem: new Map() }

/** State that the statements of one kernel share. */
class Kernel {
  readonly arrays: BufferId[] = []
  readonly specials: Special[] = []
  #counted = 0

  constructor(
    readonly indices: Indices,
    /** Sums, products and the like are rounded to float32 one by one. */
    readonly rounds: boolean,
  ) {}

  define(value: string, lines: string[]): string {
    const name = `v${this.#counted++}`
    lines.push(`const ${name} = ${value};`)
    return name
  }

  array(buffer: BufferId): string {
    let at = this.arrays.indexOf(buffer)
    if (at < 0) at = this.arrays.push(buffer) - 1
    return `b${at}`
  }

  number(value: number): string {
    if (Number.isNaN(value)) return this.#special('nan')
    if (Math.abs(value) === Number.POSITIVE_INFINITY)
      return value > 0 ? this.#special('infinity') : `(-${this.#special('infinity')})`
    if (Object.is(value, -0)) return this.#special('minusZero')
    const text = String(Math.fround(value))
    return value < 0 ? `(${text})` : text
  }

  #special(which: Special): string {
    if (!this.specials.includes(which)) this.specials.push(which)
    return which
  }
}

/** Prints expressions as statements, each node once. */
class Printer {
  readonly #names = new Map<Expr, string>()

  readonly #kernel: Kernel
  readonly #scope: Scope
  readonly #lines: string[]

  constructor(kernel: Kernel, scope: Scope, lines: string[]) {
    this.#kernel = kernel
    this.#scope = scope
    this.#lines = lines
  }

  print(e: Expr): string {
    const known = this.#names.get(e)
    if (known !== undefined) return known
    const name = this.#printNew(e)
    this.#names.set(e, name)
    return name
  }

  #printNew(e: Expr): string {
    const [kernel, scope, lines] = [this.#kernel, this.#scope, this.#lines] as const
    switch (e.op) {
      case 'const':
        return kernel.number(e.value)
      case 'index':
        return kernel.define(kernel.indices.at(e.axis, scope.counters), lines)
      case 'acc':
      case 'elem': {
        const name = scope[e.op].get(e.slot)
        if (name === undefined) throw internal(`gpujs: ${e.op} ${e.slot} is read outside of its reduction`)
        return name
      }
      case 'apply': {
        const value = call(
          e,
          e.args.map((a) => this.print(a)),
        )
        return kernel.define(kernel.rounds && e.dtype === 'float32' ? `Math.fround(${value})` : value, lines)
      }
      case 'load':
        return this.#load(e)
    }
  }

  #load(e: Load): string {
    const [kernel, scope, lines] = [this.#kernel, this.#scope, this.#lines] as const
    const { view } = e
    const dynamic = e.dynamic.map(({ index, size, stride }) =>
      times(`clampIndex(${this.print(index)}, ${size})`, stride),
    )
    const place = plus([kernel.indices.place(view.offset, view.strides, scope.counters), ...dynamic])
    const value = `${kernel.array(e.buffer)}[${place}]`
    if (view.guards.length === 0) return kernel.define(value, lines)
    const inside = view.guards.map((g) =>
      insideOf(kernel.indices.place(g.offset, g.coefs, scope.counters), g.size).replace('.0', ''),
    )
    return kernel.define(`select(${inside.join(' * ')}, ${value}, ${kernel.number(e.fill)})`, lines)
  }
}

const call = (e: Extract<Expr, { op: 'apply' }>, args: readonly string[]): string => {
  const from = e.args[0].dtype
  const isWhole = from !== 'bool' && !isFloat(from)
  if (e.fn === 'convert') {
    if (e.dtype === 'bool') return `toBool(${args[0]})`
    return isFloat(from) && !isFloat(e.dtype) ? `toInt(${args[0]})` : args[0]
  }
  if (!isOnDevice(e.fn)) throw internal(`gpujs: ${e.fn} has no function on the device`)
  return callOf(e.fn, isWhole, args)
}

/** The loops of a reduction, and the names of the values that they end with. */
const reducing = (
  reduction: Reduction,
  value: Expr,
  kernel: Kernel,
): { readonly lines: readonly string[]; readonly acc: ReadonlyMap<number, string> } => {
  const slots = neededSlots(value, reduction)
  const { extents } = reduction
  const accs = new Map(slots.map((slot) => [slot, `acc${slot}`]))
  const before = slots.map((slot) => `let acc${slot} = ${kernel.number(reduction.init[slot].value)};`)
  const last = extents.length - 1
  const { nodes } = sizeOfExprs(slots.map((slot) => reduction.element[slot]))
  const times = last >= 0 && extents[last] % unrolled === 0 && nodes <= shortEnough ? unrolled : 1
  const inside: string[] = []
  let acc: ReadonlyMap<number, string> = accs
  for (let copy = 0; copy < times; copy++) {
    const counters = extents.map((_, k): Counter => {
      return k === last ? { name: `r${k}`, step: times, offset: copy } : { name: `r${k}`, step: 1, offset: 0 }
    })
    const element = new Printer(kernel, { ...outside, counters }, inside)
    const elem = new Map(slots.map((slot) => [slot, element.print(reduction.element[slot])]))
    const joining = new Printer(kernel, { counters, acc, elem }, inside)
    // all are computed of the old values before any is replaced
    acc = new Map(slots.map((slot) => [slot, joining.print(reduction.combine[slot])]))
  }
  return {
    acc: accs,
    lines: [
      ...before,
      ...extents.map((extent, k) => {
        const count = k === last ? extent / times : extent
        return `for (let r${k} = 0; r${k} < ${count}; r${k}++) {`
      }),
      ...inside,
      ...slots.map((slot) => `const next${slot} = ${acc.get(slot)};`),
      ...slots.map((slot) => `acc${slot} = next${slot};`),
      ...extents.map(() => '}'),
    ],
  }
}

/** `rounds`: for devices that compute in float64. */
export const scalarSource = ({ space, reduction, output }: SingleKernel, rounds: boolean): ScalarSource => {
  const indices = new Indices(space, reduction?.extents ?? [])
  const kernel = new Kernel(indices, rounds)
  const loops =
    reduction === null ? { lines: [], acc: outside.acc } : reducing(reduction, output.value, kernel)
  const last: string[] = []
  const result = new Printer(kernel, { ...outside, acc: loops.acc }, last).print(output.value)
  const { arrays, specials } = kernel
  const names = [...arrays.map((_, i) => `b${i}`), ...specials]
  const lines = [...indices.lines, ...loops.lines, ...last, `return ${result};`]
  return {
    source: `function(${names.join(', ')}) {\n${lines.join('\n')}\n}`,
    arrays,
    specials,
    length: sizeOf(space),
  }
}
