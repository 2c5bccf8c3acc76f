import { builderStack } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { optionsOf } from '../graph/options.js'
import { flatten, type TreeDef, unflatten } from '../graph/pytree.js'
import { paramsKey } from '../graph/structuralKey.js'
import { Concrete, type Tensor, Tracer } from '../graph/tensor.js'
import { trace } from '../graph/trace.js'
import type { Aval } from '../ir/aval.js'
import type { Backend, Placement } from '../ir/backend.js'
import { GradError } from '../ir/errors.js'
import type { Program } from '../ir/program.js'
import { call } from '../ops/control/call.js'
import { commonSubexpressions } from '../passes/commonSubexpressions.js'
import { forNumbersOf } from '../passes/narrowNumbers.js'
import { optimize } from '../passes/optimize.js'
import { asAskedFor, askForTypes } from '../transforms/numberArguments.js'
import { displayName, flatFunction, flattenTensors, type TensorTree } from '../transforms/treeFunction.js'
import { backendNamed, defaultBackend } from './backends.js'
import { type Compiled, compileGraph, programOf } from './compile.js'
import { LruCache } from './lruCache.js'
import { type Signature, signatureKey, signatureOf, whyRetraced } from './signature.js'

export type JitOptions = {
  /** Arguments that are not traced: plain data or functions, compared by value (functions by identity). */
  readonly staticArgs?: readonly number[]
  /** Arguments whose tensors the caller gives up: their memory may be reused, and they throw on later use. */
  readonly donate?: readonly number[]
  /** The backend to compile for; the default one otherwise. */
  readonly backend?: string
}

/** A compiled function. */
export interface Jitted<A extends readonly unknown[], R> {
  (...args: A): R
  /** The program that would run for arguments like these. */
  lower(...args: A): Lowered
  /** Positions of the arguments that are not traced. */
  readonly staticArgs: readonly number[]
  /** How often the function was traced so far. */
  traceCount(): number
  /** Why it was traced again, the latest last: `argument 2 changed from f32[64,784] to f32[32,784]`. The last 100. */
  retraces(): readonly string[]
}

/** A jitted function made ready for one signature; `explain` of `grad-ts/debug` tells of it. */
export class Lowered {
  readonly #bytes: number

  constructor(
    /** As traced. */
    readonly graph: Graph,
    /** After all passes. */
    readonly optimized: Graph,
    readonly program: Program,
    /** @internal */
    readonly backend: Backend,
    /** @internal */
    readonly placements: readonly Placement[] | undefined,
    bytes: number,
    /** The function's text. @internal */
    readonly source: string,
    /** Each input's place among the arguments, `null` for a captured tensor. @internal */
    readonly paths: readonly (string | null)[],
  ) {
    this.#bytes = bytes
  }

  /**
   * The most bytes that a call takes at once, arguments and results included. On `wasm` as the engine allocates them, donated
   * arguments counted once; elsewhere those of the arrays that are live at the same time.
   */
  peakBytes(): number {
    return this.#bytes
  }
}

type Entry = { readonly graph: Graph; readonly captures: readonly Tensor[]; readonly out: TreeDef }

let disabled = false

/** Runs `body` with every `jit` inside behaving as the plain function, for debugging. */
export const disableJit = <T>(body: () => T): T => {
  const saved = disabled
  disabled = true
  try {
    return body()
  } finally {
    disabled = saved
  }
}

/** An entry that captured tracers holds only while their traces are open. */
const isValid = (entry: Entry): boolean =>
  entry.captures.every(
    (t) => !(t instanceof Tracer) || (t.builder.open && builderStack().includes(t.builder)),
  )

/**
 * Compiles `f`: it is traced once for each signature (structure, shapes, dtypes and static arguments), and
 * then runs as one program. Inside another transform it stays one equation.
 *
 * In a condition of JavaScript every tensor is true: of `x.greater(0) ? x : x.neg()` the first branch is taken whatever x
 * is, and nothing can tell. Choose by `np.where` or `cond`, or ask for the value by `x.item()`, which throws under `jit`.
 * @throws ConcretizationError where `f` asks for the value of an argument
 * @example
 * ```ts
 * const f = jit((x: Tensor) => np.sin(x).mul(2))
 * f(0) // => 0
 * f(0).add(f(1)).shape // => []
 * f.traceCount() // => 1
 * jit((x: Tensor) => (x.greater(0) ? x : x.neg()))(-1) // => -1
 * jit((x: Tensor) => np.where(x.greater(0), x, x.neg()))(-1) // => 1
 * ```
 */
export const jit = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options?: JitOptions,
): Jitted<A, R> => {
  const name = displayName('jit', f)
  const {
    staticArgs = [],
    donate = [],
    backend: asked,
  } = optionsOf(name, 'staticArgs donate backend', options)
  const cache = new LruCache<Entry>(512)
  let traces = 0
  let last: Signature | null = null
  const retraces: string[] = []
  const backend = (): Backend => (asked === undefined ? defaultBackend() : backendNamed(asked))

  const prepare = (args: A): { readonly xs: TensorTree; readonly entry: Entry } => {
    requireIndices(name, 'staticArgs', staticArgs, args.length)
    requireIndices(name, 'donate', donate, args.length)
    const dynamic = args.filter((_, i) => !staticArgs.includes(i))
    const xs = flattenTensors(dynamic)
    const signature = signatureOf(
      xs,
      staticArgs.map((index) => ({ index, key: staticKey(name, index, args[index]) })),
    )
    const key = signatureKey(signature)
    const make = (): Entry => {
      traces++
      const traced = args.flatMap((_, i) => (staticArgs.includes(i) ? [] : [i]))
      const entry = traceEntry(name, f, args, staticArgs, xs)
      if (last !== null) retraces.push(whyRetraced(last, signature, traced))
      if (retraces.length > 100) retraces.shift()
      last = signature
      return entry
    }
    let entry = cache.get(key, make)
    if (!isValid(entry)) {
      cache.delete(key)
      entry = cache.get(key, make)
    }
    return { xs, entry }
  }

  const jitted = (...args: A): R => {
    if (disabled) return f(...args)
    const { xs, entry } = prepare(args)
    const { graph, captures } = entry
    const inputs = [...captures, ...asAskedFor(name, graph, captures.length, xs.leaves)]
    const eager =
      inputs.every((t) => t instanceof Concrete) && builderStack().every((b) => b.kind === 'linear')
    if (!eager) return unflatten<R>(entry.out, call(graph, name, inputs))
    const donated = donatedLeaves(args, staticArgs, donate, captures.length)
    return unflatten<R>(entry.out, runDonating(name, compileGraph(graph, backend()), inputs, donated))
  }

  const lower = (...args: A): Lowered => {
    const { xs, entry } = prepare(args)
    const target = backend()
    const optimized = optimize(forNumbersOf(target, entry.graph))
    const { placements, peakBytes } = compileGraph(entry.graph, target)
    const donated = donatedLeaves(args, staticArgs, donate, entry.captures.length)
    const bytes = peakBytes(ownAlone(donated, [...entry.captures, ...xs.leaves]))
    const places = args.flatMap((_, i) => (staticArgs.includes(i) ? [] : [i]))
    const paths = xs.paths.map((p) => p.replace(/^\d+/, (i) => `${places[+i]}`))
    return new Lowered(
      entry.graph,
      optimized,
      programOf(optimized, target),
      target,
      placements,
      bytes,
      String(f),
      [...entry.captures.map(() => null), ...paths],
    )
  }
  return Object.assign(Object.defineProperty(jitted, 'name', { value: name }), {
    lower,
    staticArgs,
    traceCount: () => traces,
    retraces: () => [...retraces],
  })
}

/** `f` as a function of the other arguments; the static ones are as in `args`. @internal */
export const withStaticArgs =
  <A extends readonly unknown[], R>(f: (...args: A) => R, args: A, staticArgs: readonly number[]) =>
  (...dynamic: readonly unknown[]): R => {
    let next = 0
    return f(
      ...(args.map((a, i) => (staticArgs.includes(i) ? a : dynamic[next++])) as readonly unknown[] as A),
    )
  }

const traceEntry = <A extends readonly unknown[]>(
  name: string,
  f: (...args: A) => unknown,
  args: A,
  staticArgs: readonly number[],
  xs: TensorTree,
): Entry => {
  const flat = flatFunction(name, withStaticArgs(f, args, staticArgs), xs.def)
  const avals: readonly Aval[] = xs.leaves.map((t) => t.aval)
  const { graph, captures } = trace(name, avals, flat.call)
  return { graph: commonSubexpressions(askForTypes(graph)), captures, out: flat.outDef() }
}

const requireIndices = (name: string, option: string, indices: readonly number[], count: number): void => {
  const wrong = indices.find((i) => !Number.isInteger(i) || i < 0 || i >= count)
  if (wrong !== undefined)
    throw new GradError(`${name}: ${option} within the ${count} arguments are required, got ${wrong}.`)
}

const functionIds = new WeakMap<object, number>()
let nextFunctionId = 0

const staticKey = (name: string, index: number, value: unknown): string => {
  if (typeof value === 'function') {
    if (!functionIds.has(value)) functionIds.set(value, nextFunctionId++)
    return `f${functionIds.get(value)}`
  }
  if (typeof value === 'object' && value !== null && flattensToTensors(value)) {
    throw new GradError(
      `${name}: plain data is required as static argument ${index}, got tensors. Leave it out of staticArgs.`,
    )
  }
  return paramsKey(value)
}

const flattensToTensors = (value: object): boolean => {
  try {
    return flatten(value).leaves.some((l) => typeof l === 'object')
  } catch {
    return false
  }
}

/** For every input of the graph, whether the caller gave it up. */
const donatedLeaves = (
  args: readonly unknown[],
  staticArgs: readonly number[],
  donate: readonly number[],
  captures: number,
): readonly boolean[] => [
  ...new Array<boolean>(captures).fill(false),
  ...args.flatMap((a, i) => (staticArgs.includes(i) ? [] : flatten(a).leaves.map(() => donate.includes(i)))),
]

/** Runs a program whose donated inputs are read by nobody afterwards. @internal */
export const runDonating = (
  name: string,
  { run }: Compiled,
  inputs: readonly Tensor[],
  donated: readonly boolean[],
): readonly Tensor[] => {
  const outs = run(inputs, ownAlone(donated, inputs))
  inputs.forEach((t, i) => {
    if (donated[i] && t instanceof Concrete && !outs.includes(t)) t.release(`donated to ${name}`, false)
  })
  return outs
}

/** Those of the donated inputs whose storage is not another's too. */
const ownAlone = (donated: readonly boolean[], inputs: readonly Tensor[]): readonly boolean[] => {
  const last = new Map(inputs.map((t, i) => [t, i]))
  const again = new Set(inputs.filter((t, i) => last.get(t) !== i))
  return donated.map((d, i) => d && !again.has(inputs[i]) && !(inputs[i] as Concrete).isShared)
}
