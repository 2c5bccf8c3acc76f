import { type Aval, formatAval } from '../ir/aval.js'
import { TracerLeakError } from '../ir/errors.js'
import { type Atom, type Eqn, type Graph, newEqn, newGraph, newLit, newVar, type Var } from './graph.js'
import { ownedBy } from './holdings.js'
import { liveEquations } from './liveness.js'
import type { AnyPrimitive } from './primitive.js'
import { captureSite, captureTraceSite, formatSite, type SourceSite } from './sourceSite.js'
import { Concrete, type Tensor, Tracer } from './tensor.js'

/**
 * Records equations. A staging builder takes every operation while it is the innermost builder; a linear
 * one (the tangent part of `linearize`) takes only operations on its own variables.
 */
export class Builder {
  open = true
  readonly captures: Tensor[] = []
  /** The outer values of inputs and captures, for code that asks for concrete values while tracing. */
  readonly bindings = new Map<Var, Tensor>()
  readonly definitions = new Map<Var, Eqn>()
  /** The values that were asked for. */
  readonly memo = new Map<Var, Tensor>()
  readonly site: SourceSite = captureTraceSite()
  readonly #eqns: Eqn[] = []
  readonly #inputs: Var[] = []
  readonly #captureVars = new Map<Tensor, Var>()

  readonly #onCapture: ((t: Tensor) => void) | undefined

  constructor(
    readonly kind: 'staging' | 'linear',
    /** For messages: `jit(step)`. */
    readonly name: string,
    onCapture?: (t: Tensor) => void,
  ) {
    this.#onCapture = onCapture
  }

  /** A new input; `value` is its outer value, if it has one. */
  input(aval: Aval, value: Tensor | null): Tracer {
    const v = newVar(aval)
    this.#inputs.push(v)
    if (value !== null) this.bindings.set(v, value)
    return new Tracer(aval, this, v)
  }

  emit(
    primitive: AnyPrimitive,
    params: object,
    inputs: readonly Tensor[],
    outputs: readonly Aval[],
  ): readonly Tracer[] {
    const vars = outputs.map(newVar)
    const eqn = newEqn(
      primitive,
      params,
      inputs.map((t) => this.atom(t)),
      vars,
      captureSite(),
    )
    this.#eqns.push(eqn)
    for (const v of vars) this.definitions.set(v, eqn)
    return vars.map((v) => new Tracer(v.aval, this, v))
  }

  /** The atom for a value: own variable, literal, or capture. */
  atom(t: Tensor): Atom {
    if (t instanceof Tracer && t.builder === this) return t.variable
    if (t instanceof Concrete && t.splat !== null) return newLit(t.splat, t.aval)
    const known = this.#captureVars.get(t)
    if (known !== undefined) return known
    if (t instanceof Tracer) requireLive(t)
    const v = newVar(t.aval)
    this.#captureVars.set(t, v)
    this.captures.push(t)
    this.#onCapture?.(t)
    this.bindings.set(v, t)
    return v
  }

  /** Ends the trace: dead equations and unused captures are dropped; captures lead the inputs. */
  close(outputs: readonly Tensor[]): { readonly graph: Graph; readonly captures: readonly Tensor[] } {
    const atoms = outputs.map((t) => this.atom(t))
    const { eqns, live } = liveEquations(this.#eqns, atoms)
    const used = this.captures.filter((t) => live.has(this.#captureVars.get(t) as Var))
    const graph = newGraph(
      [...used.map((t) => this.#captureVars.get(t) as Var), ...this.#inputs],
      eqns,
      atoms,
    )
    return { graph, captures: used }
  }

  /** Forgets everything that could keep values alive. Its tracers are dead from then on. */
  end(): void {
    this.open = false
    this.bindings.clear()
    this.definitions.clear()
    this.#captureVars.clear()
    this.memo.clear()
  }
}

let stack: readonly Builder[] = []

export const builderStack = (): readonly Builder[] => stack

/** Runs `body` with `builder` innermost. */
export const within = <T>(builder: Builder, body: () => T): T => {
  const outer = stack
  stack = [...outer, builder]
  try {
    return body()
  } finally {
    stack = outer
  }
}

/** Runs `body` eagerly, as if no trace were open and nothing evaluated. */
export const suspended = <T>(body: () => T): T => {
  const saved = stack
  stack = []
  try {
    return ownedBy(null, body)
  } finally {
    stack = saved
  }
}

/** Runs `body` where `t` was made: in its own trace, or eagerly where it has a value. */
export const whereMade = <T>(t: Tensor, body: () => T): T => {
  const outer = stack
  const at = t instanceof Tracer ? stack.indexOf(t.builder) : -1
  if (at >= 0 || t instanceof Concrete) stack = stack.slice(0, at + 1)
  try {
    return body()
  } finally {
    stack = outer
  }
}

/** The builder that records an operation on `inputs`; `null` if it is executed now. */
export const destination = (inputs: readonly Tensor[]): Builder | null => {
  for (let i = stack.length - 1; i >= 0; i--) {
    const b = stack[i]
    if (b.kind === 'staging' || inputs.some((t) => t instanceof Tracer && t.builder === b)) return b
  }
  return null
}

/** @throws TracerLeakError unless the tracer's trace is still open around this point. */
export const requireLive = (t: Tracer): void => {
  if (t.builder.open && stack.includes(t.builder)) return
  throw new TracerLeakError(
    `tracer ${formatAval(t.aval)}: a value of a trace that is still open is required, got one of ${t.builder.name}, begun at ${formatSite(t.builder.site)}, after it ended. Return it from the function instead of storing it.`,
  )
}
