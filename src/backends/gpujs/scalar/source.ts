import { type Shape, sizeOf } from '../../../graph/aval.js'
import { isFloat } from '../../../graph/dtype.js'
import { internal } from '../../../graph/errors.js'
import type { BufferId, Expr, Load } from '../../../graph/kernel/expr.js'
import { insideOf, plus, times } from '../points.js'
import { callOf } from './functions.js'
import { type SingleKernel, slotsOf } from './kernels.js'

/** Numbers that have no literal, given to kernels as numbers. */
export type Special = 'infinity' | 'nan' | 'minusZero'

/** A kernel of one result in gpu.js's JavaScript: its arguments in order, first the arrays, and how many elements it makes. */
export type ScalarSource = {
  readonly source: string
  readonly arrays: readonly BufferId[]
  readonly specials: readonly Special[]
  readonly length: number
}

/** Whole numbers up to here are exact as the device's numbers. */
const exact = 2 ** 24

/**
 * The indices of a nest: of the space, from the number of the thread; of the reduced axes, counters. Names of the first
 * hold floats, since gpu.js makes floats of all variables, so that only extents which floats hold exactly have names.
 */
class Indices {
  readonly lines: string[] = []
  private readonly names = new Map<number, string>()

  constructor(
    private readonly space: Shape,
    private readonly reduced: Shape,
  ) {}

  extent(axis: number): number {
    return axis < this.space.length ? this.space[axis] : this.reduced[axis - this.space.length]
  }

  /** A number; `whole`: in the arithmetic of integers. */
  at(axis: number, whole: boolean): string {
    if (this.extent(axis) === 1) return '0'
    if (axis >= this.space.length) return `r${axis - this.space.length}`
    if (this.extent(axis) > exact || this.isThread(axis)) return this.component(axis)
    let name = this.names.get(axis)
    if (name === undefined) {
      name = `i${axis}`
      this.names.set(axis, name)
      this.lines.push(`const ${name} = ${this.component(axis)};`)
    }
    return whole ? `(${name} | 0)` : name
  }

  /** Whether the axis is all of the space. */
  private isThread(axis: number): boolean {
    return this.space[axis] === sizeOf(this.space)
  }

  private component(axis: number): string {
    const stride = sizeOf(this.space.slice(axis + 1))
    const quotient = stride === 1 ? 'this.thread.x' : `idiv(this.thread.x, ${stride})`
    const isFirst = stride * this.space[axis] === sizeOf(this.space)
    return isFirst ? quotient : `imod(${quotient}, ${this.space[axis]})`
  }

  /** `offset + Σ coefs[axis]·index`, and further terms. */
  place(offset: number, coefs: readonly number[], others: readonly string[] = [], reach = 0): string {
    const axes = coefs.flatMap((c, axis) => (c === 0 || this.extent(axis) === 1 ? [] : [axis]))
    const most = axes.reduce((sum, axis) => sum + Math.abs(coefs[axis]) * this.extent(axis), Math.abs(offset))
    const whole = most + reach > exact
    return plus([...axes.map((axis) => times(this.at(axis, whole), coefs[axis])), ...others, String(offset)])
  }
}

/** Prints a kernel's expressions as statements. `rounds`: sums, products and the like are rounded to float32 one by one. */
class Printer {
  readonly arrays: BufferId[] = []
  readonly specials: Special[] = []
  private counted = 0

  constructor(
    readonly indices: Indices,
    private readonly rounds: boolean,
  ) {}

  /** Statements of their own, with the values of slots of a reduction by name. */
  block(): (e: Expr, lines: string[]) => string {
    const names = new Map<Expr, string>()
    const print = (e: Expr, lines: string[]): string => {
      const known = names.get(e)
      if (known !== undefined) return known
      const name = this.printNew(e, lines, print)
      names.set(e, name)
      return name
    }
    return print
  }

  private define(value: string, lines: string[]): string {
    const name = `v${this.counted++}`
    lines.push(`const ${name} = ${value};`)
    return name
  }

  private printNew(e: Expr, lines: string[], print: (e: Expr, lines: string[]) => string): string {
    switch (e.op) {
      case 'const':
        return this.number(e.value)
      case 'index':
        return this.define(this.indices.at(e.axis, false), lines)
      case 'acc':
      case 'elem':
        return `${e.op}${e.slot}`
      case 'apply': {
        const value = this.call(
          e,
          e.args.map((a) => print(a, lines)),
        )
        return this.define(this.rounds && e.dtype === 'float32' ? `Math.fround(${value})` : value, lines)
      }
      case 'load': {
        const dynamic = e.dynamic.map((d) => `clampIndex(${print(d.index, lines)}, ${d.size})`)
        return this.load(e, dynamic, lines)
      }
    }
  }

  private call(e: Extract<Expr, { op: 'apply' }>, args: readonly string[]): string {
    const from = e.args[0].dtype
    const isWhole = from !== 'bool' && !isFloat(from)
    if (e.fn === 'convert') {
      if (e.dtype === 'bool') return `toBool(${args[0]})`
      return isFloat(from) && !isFloat(e.dtype) ? `toInt(${args[0]})` : args[0]
    }
    const call = callOf(e.fn, isWhole, args)
    if (call === null) throw internal(`gpujs: ${e.fn} has no function on the device`)
    return call
  }

  private number(value: number): string {
    if (Number.isNaN(value)) return this.special('nan')
    if (Math.abs(value) === Number.POSITIVE_INFINITY)
      return value > 0 ? this.special('infinity') : `(-${this.special('infinity')})`
    if (Object.is(value, -0)) return this.special('minusZero')
    const text = String(Math.fround(value))
    return value < 0 ? `(${text})` : text
  }

  private special(which: Special): string {
    if (!this.specials.includes(which)) this.specials.push(which)
    return which
  }

  private array(buffer: BufferId): string {
    let at = this.arrays.indexOf(buffer)
    if (at < 0) at = this.arrays.push(buffer) - 1
    return `b${at}`
  }

  private load(e: Load, dynamic: readonly string[], lines: string[]): string {
    const { view } = e
    const reach = e.dynamic.reduce((sum, d) => sum + d.size * Math.abs(d.stride), 0)
    const place = this.indices.place(
      view.offset,
      view.strides,
      dynamic.map((index, i) => times(index, e.dynamic[i].stride)),
      reach,
    )
    const value = `${this.array(e.buffer)}[${place}]`
    if (view.guards.length === 0) return this.define(value, lines)
    const inside = view.guards.map((g) => {
      const place = this.indices.place(g.offset, g.coefs)
      return insideOf(place, g.size).replace('.0', '')
    })
    return this.define(`select(${inside.join(' * ')}, ${value}, ${this.number(e.fill)})`, lines)
  }
}

const reducing = (
  reduction: NonNullable<SingleKernel['reduction']>,
  value: Expr,
  printer: Printer,
): readonly string[] => {
  const slots = slotsOf(value, reduction)
  const before = slots.map((slot) => {
    const initial = printer.block()({ op: 'const', ...reduction.init[slot] }, [])
    return `let acc${slot} = ${initial};`
  })
  const inside: string[] = []
  const element = printer.block()
  for (const slot of slots) inside.push(`const elem${slot} = ${element(reduction.element[slot], inside)};`)
  const join = printer.block()
  const joined = slots.map((slot) => join(reduction.combine[slot], inside))
  // all are computed of the old values before any is replaced
  slots.forEach((slot, i) => {
    inside.push(`const next${slot} = ${joined[i]};`)
  })
  for (const slot of slots) inside.push(`acc${slot} = next${slot};`)
  return [
    ...before,
    ...reduction.extents.map((extent, k) => `for (let r${k} = 0; r${k} < ${extent}; r${k}++) {`),
    ...inside,
    ...reduction.extents.map(() => '}'),
  ]
}

export const scalarSource = (kernel: SingleKernel, rounds: boolean): ScalarSource => {
  const { space, reduction, output } = kernel
  const indices = new Indices(space, reduction?.extents ?? [])
  const printer = new Printer(indices, rounds)
  const loops = reduction === null ? [] : reducing(reduction, output.value, printer)
  const last: string[] = []
  const result = printer.block()(output.value, last)
  const { arrays, specials } = printer
  const names = [...arrays.map((_, i) => `b${i}`), ...specials]
  const lines = [...indices.lines, ...loops, ...last, `return ${result};`]
  const source = `function(${names.join(', ')}) {\n${lines.join('\n')}\n}`
  return { source, arrays, specials, length: sizeOf(space) }
}
