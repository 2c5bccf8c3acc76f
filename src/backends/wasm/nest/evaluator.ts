import { internal } from '../../../ir/errors.js'
import type { Expr } from '../../../ir/expr.js'
import { operands, operandsFirst } from '../../../ir/nodes.js'
import { i32x4 } from '../assembler/vectors.js'
import { constantLanes, type LaneCode, type Lanes, uniform } from '../vector/lanes.js'
import { operation } from '../vector/operation.js'
import type { ScalarCalls } from '../vector/scalarCalls.js'
import type { Frame } from './frame.js'
import { LoadWriter, termOf } from './loads.js'
import type { Scope } from './scope.js'

/** Running values and those that join, by slot. */
export type Slots = { readonly acc: readonly Lanes[]; readonly elem: readonly Lanes[] }

const noSlots: Slots = { acc: [], elem: [] }

/** Writes expressions at the points of scopes. */
export class Evaluator {
  readonly #calls: ScalarCalls
  readonly #frame: Frame
  readonly #vectorAxis: number

  constructor(
    readonly code: LaneCode,
    calls: ScalarCalls,
    frame: Frame,
    vectorAxis: number,
  ) {
    this.#calls = calls
    this.#frame = frame
    this.#vectorAxis = vectorAxis
  }

  /** The axes that nodes, which come operands first, move with, as bits. */
  dependence(nodes: readonly Expr[]): ReadonlyMap<Expr, number> {
    const bits = (coefs: readonly number[]): number =>
      coefs.reduce((all, c, axis) => (c === 0 ? all : all | (1 << axis)), 0)
    const own = (e: Expr): number => {
      if (e.op === 'index') return bits(this.#frame.indices[e.axis].coefs)
      if (e.op !== 'load') return 0
      const { address, guards } = this.#moving(e)
      return guards.reduce((all, g) => all | bits(g.coordinate.coefs), bits(address.coefs))
    }
    const found = new Map<Expr, number>()
    for (const e of nodes)
      found.set(
        e,
        operands(e).reduce((all, o) => all | (found.get(o) ?? 0), own(e)),
      )
    return found
  }

  #moving(load: Extract<Expr, { op: 'load' }>) {
    const found = this.#frame.loads.get(load)
    if (found === undefined) throw internal('wasm: a load is in no frame.')
    return found
  }

  /** The lanes of expressions; those of nodes that are known are taken from the scope, the others added to it. */
  values(scope: Scope, roots: readonly Expr[], slots: Slots = noSlots): readonly Lanes[] {
    for (const e of operandsFirst(roots))
      if (!scope.values.has(e)) scope.values.set(e, this.#node(scope, e, slots))
    return roots.map((root) => this.#known(scope, root))
  }

  /** Computed parts of addresses that are the same at all points, of the loads among nodes. */
  terms(scope: Scope, nodes: readonly Expr[]): void {
    for (const e of nodes) {
      if (e.op !== 'load') continue
      for (const d of e.dynamic) {
        const lanes = scope.values.get(d.index)
        if (lanes?.isUniform) termOf(this.code, scope, e, d, lanes)
      }
    }
  }

  #known(scope: Scope, e: Expr): Lanes {
    const lanes = scope.values.get(e)
    if (lanes === undefined) throw internal(`wasm: ${e.op} is read before it is computed.`)
    return lanes
  }

  #node(scope: Scope, e: Expr, slots: Slots): Lanes {
    const args = operands(e).map((o) => this.#known(scope, o))
    switch (e.op) {
      case 'const':
        return constantLanes(e.dtype, e.value)
      case 'index':
        return this.#index(scope, e.axis)
      case 'load': {
        const moving = this.#moving(e)
        const writer = new LoadWriter(this.code, scope, e, moving, this.#vectorAxis, args)
        const moves = [moving.address, ...moving.guards.map((g) => g.coordinate)].some(
          (m) => m.coefs[this.#vectorAxis] !== 0,
        )
        const isVarying = moves || args.some((a) => !a.isUniform)
        return isVarying && scope.width > 0 ? writer.varying() : writer.uniform()
      }
      case 'apply':
        return operation(this.code, this.#calls, e, args)
      case 'acc':
      case 'elem':
        return slots[e.op][e.slot]
    }
  }

  #index(scope: Scope, axis: number): Lanes {
    const moving = this.#frame.indices[axis]
    const place = scope.movings.get(moving)
    if (place === undefined) throw internal('wasm: an index moves with no loop.')
    const first = this.code.let(i32x4.splat(place))
    if (scope.width === 0 || moving.coefs[this.#vectorAxis] !== 1) return uniform(first)
    const registers = Array.from({ length: scope.width }, (_, u) =>
      this.code.let(i32x4.add(first, i32x4.const(4 * u, 4 * u + 1, 4 * u + 2, 4 * u + 3))),
    )
    return { isUniform: false, registers }
  }
}
