import { bind1 } from '../../graph/bind.js'
import type { Lowering } from '../../graph/lowering.js'
import { definePrimitive } from '../../graph/primitive.js'
import type { Tensor } from '../../graph/tensor.js'
import { trace } from '../../graph/trace.js'
import { type Aval, aval } from '../../ir/aval.js'
import type { DType } from '../../ir/dtype.js'
import { acc, apply, elem } from '../../ir/expr.js'
import { pad } from '../movement/pad.js'
import { highest, lowest } from '../reductions/limits.js'
import { mapped, only, requireDType, zerosLike } from '../rules/rules.js'
import { type AxisLoops, axisLoops, transposedPadding } from './axisWindow.js'
import { selectedElements } from './selectAndScatterAdd.js'
import {
  resolveWindows,
  type WindowOptions,
  type WindowParams,
  windowAxes,
  windowedShape,
  windowOptions,
} from './windowParams.js'
import { firstAttaining } from './windowPlaces.js'

const shapeRule =
  (name: string) =>
  ([x]: readonly Aval[], p: WindowParams): readonly Aval[] => {
    requireDType(name, 'number', x)
    return [aval(windowedShape(name, x, p), x.dtype, x.weakType)]
  }

/** Windows without padding and gaps along a new first axis. */
const below = (p: WindowParams): WindowParams => ({
  window: [1, ...p.window],
  strides: [1, ...p.strides],
  padding: [[0, 0], ...p.padding],
  baseDilation: [1, ...p.baseDilation],
  windowDilation: [1, ...p.windowDilation],
})

/** A reduction by one operation, whose neutral element fills the padding and gaps of x. */
const windowKernel =
  (
    fn: 'add' | 'max' | 'min',
    neutral: (dtype: DType) => number,
    again: (x: Tensor, p: WindowParams) => Tensor,
  ) =>
  ([x]: readonly Aval[], p: WindowParams): Lowering => {
    const loops = windowAxes(x.shape, p).map(axisLoops)
    if (!loops.every((l) => l !== null)) {
      const gaps = p.baseDilation.map((d): readonly [number, number, number] => [0, 0, d - 1])
      const dense = { ...p, baseDilation: p.baseDilation.map(() => 1) }
      const { graph } = trace(fn, [x], ([t]) => [again(pad(t, neutral(x.dtype), gaps), dense)])
      return { kind: 'inline', graph }
    }
    return reduction(x.dtype, loops, fn, neutral(x.dtype))
  }

const reduction = (
  dtype: DType,
  loops: readonly AxisLoops[],
  fn: 'add' | 'max' | 'min',
  neutral: number,
): Lowering => {
  const space = loops.flatMap((l) => (l.phases > 1 ? [l.rows, l.phases] : [l.rows]))
  const rowOf = loops.map((_, i) => i + loops.slice(0, i).filter((l) => l.phases > 1).length)
  const tapped = loops.flatMap((l, i) => (l.taps > 1 ? [i] : []))
  const tapOf = loops.map((l, i) => (l.taps > 1 ? space.length + tapped.indexOf(i) : null))
  return {
    kind: 'reduceWindows',
    space,
    extents: tapped.map((i) => loops[i].taps),
    init: [{ value: neutral, dtype }],
    element: (read) => [
      read(
        0,
        loops.map((l, i) => l.source(rowOf[i], tapOf[i])),
        neutral,
        loops.map((l, i) => l.place(l.phases > 1 ? rowOf[i] + 1 : null, tapOf[i])),
      ),
    ],
    combine: [apply(fn, [acc(0, dtype), elem(0, dtype)])],
    values: (reduced) => reduced,
    result: {
      order: space.map((_, axis) => axis),
      shape: loops.map((l) => l.rows * l.phases),
      start: loops.map((l) => l.start),
    },
  }
}

/** The primitive on a tensor, whose parameters are complete. */
const sumWindows = (x: Tensor, p: WindowParams): Tensor => bind1(reduceWindowSumP, [x], p)

/** Sum over each window. Linear; the transpose sums over the windows that contain an element. */
export const reduceWindowSumP = definePrimitive<WindowParams>({
  name: 'reduceWindowSum',
  abstractEval: shapeRule('reduceWindowSum'),
  jvp: 'linear',
  linearize: 'fromJvp',
  transpose: (cts, [x], p) => {
    const ct = only(cts)
    if (ct.size === 0) return [zerosLike(x)]
    return [
      sumWindows(ct, {
        ...p,
        strides: p.baseDilation,
        padding: windowAxes(x.aval.shape, p).map((w) => transposedPadding(w)),
        baseDilation: p.strides,
      }),
    ]
  },
  batch: (_size, [x], _b, p) => mapped(sumWindows(x, below(p))),
  lower: windowKernel(
    'add',
    () => 0,
    (x, p) => sumWindows(x, p),
  ),
})

/**
 * Σ over each window of x; padding and gaps count as 0. Options have a number (a pair) for each axis of x.
 * @throws ShapeError on options that do not fit x
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * lax.reduceWindowSum(np.array([1, 2, 3, 4]), { window: [2] }) // => [3, 5, 7]
 * lax.reduceWindowSum(np.array([1, 2, 3]), { window: [2], strides: [2], padding: 'SAME' }) // => [3, 3]
 * ```
 */
export const reduceWindowSum = (x: Tensor, options: WindowOptions): Tensor =>
  sumWindows(x, resolveWindows(x, windowOptions('reduceWindowSum', options)))

/** dy = Σ dx at the first place of the window that holds the extremum. */
const tangentAtExtremum = (dx: Tensor, [x]: readonly Tensor[], out: Tensor, p: WindowParams): Tensor =>
  out.size === 0 ? zerosLike(out) : selectedElements(dx, firstAttaining(x, out, p), p)

const maxOverWindows = (x: Tensor, p: WindowParams): Tensor => bind1(reduceWindowMaxP, [x], p)

/** Greatest element of each window; NaN wins. The derivative is that of the first such element, in row-major order. */
export const reduceWindowMaxP = definePrimitive<WindowParams>({
  name: 'reduceWindowMax',
  abstractEval: shapeRule('reduceWindowMax'),
  jvp: [tangentAtExtremum],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, p) => mapped(maxOverWindows(x, below(p))),
  lower: windowKernel(
    'max',
    (dtype) => lowest[dtype],
    (x, p) => maxOverWindows(x, p),
  ),
})

/**
 * The greatest element of each window of x; NaN wins, and padding and gaps are never chosen (a window of
 * nothing else gives −∞, or the least integer). At ties the first element, in row-major order, has the derivative.
 * @throws ShapeError on options that do not fit x
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * lax.reduceWindowMax(np.array([1, 3, 2, 0]), { window: [2] }) // => [3, 3, 2]
 * lax.reduceWindowMax(np.array([1, 3, 2, 0]), { window: [2], strides: [2] }) // => [3, 2]
 * ```
 */
export const reduceWindowMax = (x: Tensor, options: WindowOptions): Tensor =>
  maxOverWindows(x, resolveWindows(x, windowOptions('reduceWindowMax', options)))

const minOverWindows = (x: Tensor, p: WindowParams): Tensor => bind1(reduceWindowMinP, [x], p)

/** Least element of each window; NaN wins. The derivative is that of the first such element, in row-major order. */
export const reduceWindowMinP = definePrimitive<WindowParams>({
  name: 'reduceWindowMin',
  abstractEval: shapeRule('reduceWindowMin'),
  jvp: [tangentAtExtremum],
  linearize: 'fromJvp',
  transpose: 'nonlinear',
  batch: (_size, [x], _b, p) => mapped(minOverWindows(x, below(p))),
  lower: windowKernel(
    'min',
    (dtype) => highest[dtype],
    (x, p) => minOverWindows(x, p),
  ),
})

/**
 * The least element of each window of x; NaN wins, and padding and gaps are never chosen (a window of nothing
 * else gives ∞, or the greatest integer). At ties the first element, in row-major order, has the derivative.
 * @throws ShapeError on options that do not fit x
 * @example
 * ```ts
 * import * as lax from 'grad-ts/lax'
 *
 * lax.reduceWindowMin(np.array([1, 3, 2, 0]), { window: [2] }) // => [1, 2, 0]
 * ```
 */
export const reduceWindowMin = (x: Tensor, options: WindowOptions): Tensor =>
  minOverWindows(x, resolveWindows(x, windowOptions('reduceWindowMin', options)))
