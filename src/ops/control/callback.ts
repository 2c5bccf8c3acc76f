import { bind } from '../../graph/bind.js'
import { suspended } from '../../graph/builder.js'
import { concretize } from '../../graph/concretize.js'
import type { Effect } from '../../graph/graph.js'
import { type BatchRule, definePrimitive, type Primitive, Zero } from '../../graph/primitive.js'
import type { HostRef } from '../../graph/structuralKey.js'
import { fromHost, type Tensor } from '../../graph/tensor.js'
import { type Aval, aval, type Shape, sizeOf } from '../../ir/aval.js'
import { allocate, isFloat, type TypedArray } from '../../ir/dtype.js'
import { GradError } from '../../ir/errors.js'
import type { HostFunction } from '../../ir/program.js'
import { withBatchAxis } from '../movement/batching.js'

export type CallbackParams = {
  readonly name: string
  /** Takes tensors with values, and returns one tensor for each of `results`. */
  readonly hook: HostRef<(args: readonly Tensor[]) => readonly Tensor[]>
  /** Sizes of the leading axes of all operands and results: the hook is called for each element of them, in order. */
  readonly lanes: Shape
  /** The types of the results of one call. */
  readonly results: readonly Aval[]
}

const withLanes = (lanes: Shape, a: Aval): Aval => aval([...lanes, ...a.shape], a.dtype, a.weakType)

/** The hook as a function of elements, called lane by lane. */
const onElements =
  (operands: readonly Aval[], { hook, lanes, results }: CallbackParams): HostFunction =>
  (arrays) => {
    const count = sizeOf(lanes)
    const each = operands.map((a) => aval(a.shape.slice(lanes.length), a.dtype, a.weakType))
    const outs = results.map((r) => allocate(r.dtype, count * sizeOf(r.shape)))
    const part = (array: TypedArray, a: Aval, lane: number): TypedArray =>
      array.slice(lane * sizeOf(a.shape), (lane + 1) * sizeOf(a.shape))
    for (let lane = 0; lane < count; lane++) {
      const values = suspended(() =>
        hook.call(arrays.map((array, i) => fromHost(part(array, each[i], lane), each[i]))).map(concretize),
      )
      values.forEach((value, i) => {
        outs[i].set(value.read(), lane * sizeOf(results[i].shape))
      })
    }
    return outs
  }

/** Lanes are called one after another, by one equation. */
const batch: BatchRule<CallbackParams> = (size, xs, batched, p) => ({
  outs: bindCallback(
    p.results.length === 0 ? debugCallbackP : pureCallbackP,
    xs.map((x, i) => withBatchAxis(size, x, batched[i])),
    { ...p, lanes: [size, ...p.lanes] },
  ),
  batched: p.results.map(() => true),
})

const callback = (
  name: string,
  jvp: Primitive<CallbackParams>['jvp'],
  effects: { readonly effects?: readonly Effect[] },
): Primitive<CallbackParams> =>
  definePrimitive<CallbackParams>({
    name,
    abstractEval: (_operands, { lanes, results }) => results.map((r) => withLanes(lanes, r)),
    jvp,
    linearize: 'fromJvp',
    transpose: 'nonlinear',
    batch,
    lower: (operands, p) => ({ kind: 'callback', call: onElements(operands, p) }),
    ...effects,
  })

/** A host function that is called for its effects. It has no results and so no derivative. */
export const debugCallbackP = callback('debugCallback', 'zero', { effects: ['io'] })

/** A host function that is called for its results; it may be called more or less often than it is written. */
export const pureCallbackP = callback(
  'pureCallback',
  {
    whole: (primals, _tangents, p) => {
      if (p.results.some((r) => isFloat(r.dtype))) {
        throw new GradError(
          `${p.name}: a function with a derivative is required, got one that the host computes. Wrap the call in customJvp or customVjp, or its arguments in stopGradient.`,
        )
      }
      const outs = bindCallback(pureCallbackP, primals, p)
      return { outs, tangents: outs.map((y) => new Zero(y.aval)) }
    },
  },
  {},
)

/** Applies one of these two primitives. @internal */
export const bindCallback = (
  primitive: Primitive<CallbackParams>,
  operands: readonly Tensor[],
  params: CallbackParams,
): readonly Tensor[] => bind(primitive, operands, params)
