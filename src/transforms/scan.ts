import { evalGraph } from '../graph/evaluate.js'
import { optionsOf } from '../graph/options.js'
import { plainNumbers } from '../graph/plainNumbers.js'
import { requireSameTree, type TreeDef, unflatten } from '../graph/pytree.js'
import type { Tensor } from '../graph/tensor.js'
import { requireSynchronous, type Traced, trace } from '../graph/trace.js'
import { type Aval, aval, compatible, formatAval, sameAval, sameShape } from '../ir/aval.js'
import { commonType } from '../ir/dtype.js'
import { GradError, ShapeError, TreeMismatchError } from '../ir/errors.js'
import { bindScan, type ScanParams } from '../ops/control/scan.js'
import { asType } from '../ops/elementwise/lift.js'
import { concatenate } from '../ops/movement/concatenate.js'
import { reshape } from '../ops/movement/reshape.js'
import { sliceAxis } from '../ops/movement/slice.js'
import { derive } from './derive.js'
import { displayName, flattenTensors, type TensorTree } from './treeFunction.js'

export type ScanOptions = {
  /** The number of runs; required where there are no xs. */
  readonly length?: number
  /** From the last slice to the first. */
  readonly reverse?: boolean
  /** The number of runs in one run of the compiled loop; 1 by default. */
  readonly unroll?: number
}

/**
 * Types that carried leaves have in every run. A leaf that came from JS numbers alone takes the common type of itself
 * and the function's result; every other has to keep its own.
 * @throws ShapeError naming the leaf
 */
const carriedAvals = (name: string, init: TensorTree, out: readonly Tensor[]): readonly Aval[] =>
  init.leaves.map((t, i) => {
    const [before, after] = [t.aval, out[i].aval]
    const type = { shape: before.shape, ...commonType([before, after]) }
    const keeps =
      before.weakType !== false ||
      (type.dtype === before.dtype && (after.weakType !== false || compatible(before, after)))
    if (sameShape(before.shape, after.shape) && keeps) return type
    const path = init.paths[i] === '' ? '' : ` at ${init.paths[i]}`
    throw new ShapeError(
      `${name}: carried values of one shape and dtype are required, got ${formatAval(before)} given on as ${formatAval(after)}${path}. Convert the initial value, or the result.`,
    )
  })

/** A traced loop body, whose carried values come out as they go in. */
export type Body = { readonly traced: Traced; readonly init: readonly Tensor[] }

/**
 * Traces a body until its carried types are settled: weak types of the initial values give way to those of the results, weak
 * results to the types of the carried values. Types only rise (bool, int, float, wider float, strong), so this ends.
 */
export const traceBody = (
  name: string,
  init: TensorTree,
  others: readonly Aval[],
  f: (args: readonly Tensor[]) => { readonly carried: readonly Tensor[]; readonly rest: readonly Tensor[] },
): Body => {
  let avals = init.leaves.map((t) => t.aval)
  for (let round = 0; round < 8; round++) {
    let settled: readonly Aval[] = avals
    const before = avals
    const traced = trace(name, [...avals, ...others], (args) => {
      const { carried, rest } = f(args)
      settled = carriedAvals(name, { ...init, leaves: args.slice(0, before.length) }, carried)
      return [...carried.map((t, i) => asType(name, t, settled[i].dtype, settled[i].weakType)), ...rest]
    })
    if (settled.every((a, i) => sameAval(a, before[i]))) {
      return { traced, init: init.leaves.map((t, i) => asType(name, t, before[i].dtype, before[i].weakType)) }
    }
    avals = [...settled]
  }
  throw new GradError(`internal: the carried types of ${name} do not settle`)
}

/** The number of runs. @throws ShapeError where leading axes differ, or there is none to tell */
const lengthOf = (name: string, xs: TensorTree, given: number | undefined): number => {
  if (given !== undefined) plainNumbers(name, 'a length', given)
  if (given !== undefined && !(Number.isInteger(given) && given >= 0))
    throw new ShapeError(`${name}: a length that is a whole number is required, got ${given}.`)
  const lengths = xs.leaves.map((t, i) => {
    if (t.ndim > 0) return t.shape[0]
    throw new ShapeError(
      `${name}: xs with a leading axis are required, got ${formatAval(t.aval)}${xs.paths[i] === '' ? '' : ` at ${xs.paths[i]}`}.`,
    )
  })
  const length = given ?? lengths[0]
  if (length === undefined)
    throw new ShapeError(`${name}: xs or a length are required, got neither. Pass { length }.`)
  const wrong = lengths.find((n) => n !== length)
  if (wrong !== undefined)
    throw new ShapeError(`${name}: leading axes of ${length} are required, got one of ${wrong}.`)
  return length
}

/**
 * A loop that carries a value: `f(carry, x) → [next carry, y]` for each slice x of xs along the leading axis. The
 * result is the last carry and the stacked ys. The body is traced and compiled once, whatever the length; it may close
 * over outer values, and is differentiated in both modes.
 * @param xs a tree of tensors `[length, ...]`, or `null` with `length`
 * @throws ShapeError where a carried leaf changes its shape or dtype, or the leading axes differ
 * @throws TreeMismatchError where the carry changes its structure
 * @example
 * ```ts
 * scan((sum: Tensor, x: Tensor) => [sum.add(x), sum.mul(x)], np.array(0), np.array([1, 2, 3])) // => [6, [0, 2, 9]]
 * ```
 */
export const scan = <C, X, Y>(
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X | null,
  options?: ScanOptions,
): [C, Y] => scanNamed(displayName('scan', f), f, init, xs, options)

/** `scan` under the name that messages use. @internal */
export const scanNamed = <C, X, Y>(
  name: string,
  f: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X | null,
  options?: ScanOptions,
): [C, Y] => {
  const { length: given, reverse = false, unroll = 1 } = optionsOf(name, 'length reverse unroll', options)
  const start = flattenTensors(init)
  const stacked = flattenTensors(xs)
  const length = lengthOf(name, stacked, given)
  if (!(Number.isInteger(unroll) && unroll >= 1))
    throw new GradError(`${name}: an unroll of 1 or more is required, got ${unroll}.`)
  const slices = stacked.leaves.map((t) => aval(t.shape.slice(1), t.dtype, t.aval.weakType))
  const carried = start.leaves.length
  let outDef: TreeDef = start.def
  const { traced, init: initial } = traceBody(name, start, slices, (args) => {
    const result: unknown = f(
      unflatten<C>(start.def, args.slice(0, carried)),
      unflatten<X>(stacked.def, args.slice(carried)),
    )
    requireSynchronous(name, result)
    if (!Array.isArray(result) || result.length !== 2)
      throw new TreeMismatchError(`${name}: a pair [carry, y] is required, got another structure.`)
    const next = flattenTensors(result[0])
    requireSameTree(`${name}: carry`, start.def, next.def)
    const y = flattenTensors(result[1])
    outDef = y.def
    return { carried: next.leaves, rest: y.leaves }
  })
  const { graph, captures } = traced
  const params = { graph, constants: captures.length, carried, length, reverse }
  const outs = runUnrolled(params, captures, initial, stacked.leaves, Math.min(unroll, Math.max(length, 1)))
  return [unflatten<C>(start.def, outs.slice(0, carried)), unflatten<Y>(outDef, outs.slice(carried))]
}

/** `unroll` runs of the body make one run of the loop; the remaining ones follow it. */
const runUnrolled = (
  p: ScanParams,
  constants: readonly Tensor[],
  initial: readonly Tensor[],
  xs: readonly Tensor[],
  unroll: number,
): readonly Tensor[] => {
  if (unroll === 1) return bindScan([...constants, ...initial, ...xs], p)
  const { graph, carried, length, reverse } = p
  const blocks = Math.floor(length / unroll)
  const part = (t: Tensor, from: number, to: number): Tensor => sliceAxis(t, 0, from, to)
  const cut = blocks * unroll
  const [first, rest] = reverse ? [length - cut, 0] : [0, cut]
  const main = xs.map((t) => reshape(part(t, first, first + cut), [blocks, unroll, ...t.shape.slice(1)]))
  const several = derive.stage(
    graph,
    `scan unroll ${unroll} ${p.constants} ${carried} ${reverse}`,
    [
      ...graph.inputs.slice(0, p.constants + carried).map((v) => v.aval),
      ...main.map((t) => aval(t.shape.slice(1), t.dtype, t.aval.weakType)),
    ],
    (args) => {
      const slices = args.slice(p.constants + carried)
      const run = runInTurn(
        p,
        args.slice(0, p.constants),
        args.slice(p.constants, p.constants + carried),
        slices,
        unroll,
      )
      return [...run.carry, ...run.ys]
    },
  )
  const outs = bindScan([...constants, ...initial, ...main], { ...p, graph: several, length: blocks })
  const ys = outs.slice(carried).map((y) => reshape(y, [cut, ...y.shape.slice(2)]))
  if (cut === length) return [...outs.slice(0, carried), ...ys]
  const left = length - cut
  const last = runInTurn(
    p,
    constants,
    outs.slice(0, carried),
    xs.map((t) => part(t, rest, rest + left)),
    left,
  )
  return [...last.carry, ...ys.map((y, i) => concatenate(reverse ? [last.ys[i], y] : [y, last.ys[i]], 0))]
}

/** The body, `count` times, without a loop. */
const runInTurn = (
  { graph, carried, reverse }: ScanParams,
  constants: readonly Tensor[],
  initial: readonly Tensor[],
  xs: readonly Tensor[],
  count: number,
): { readonly carry: readonly Tensor[]; readonly ys: readonly Tensor[] } => {
  let carry = initial
  const rows: (readonly Tensor[])[] = []
  for (let k = 0; k < count; k++) {
    const at = reverse ? count - 1 - k : k
    const slices = xs.map((t) => reshape(sliceAxis(t, 0, at, at + 1), t.shape.slice(1)))
    const outs = evalGraph(graph, [...constants, ...carry, ...slices])
    carry = outs.slice(0, carried)
    const row = outs.slice(carried).map((y) => reshape(y, [1, ...y.shape]))
    if (reverse) rows.unshift(row)
    else rows.push(row)
  }
  return {
    carry,
    ys: rows[0].map((_, i) =>
      concatenate(
        rows.map((row) => row[i]),
        0,
      ),
    ),
  }
}

/**
 * `f` on each slice of xs along the leading axis, one after the other; the results are stacked.
 * @example
 * ```ts
 * map((x: Tensor) => x.mul(x), np.array([1, 2, 3])) // => [1, 4, 9]
 * ```
 */
export const map = <X, Y>(f: (x: X) => Y, xs: X): Y =>
  scanNamed<null, X, Y>(displayName('map', f), (_, x) => [null, f(x)], null, xs, {})[1]
