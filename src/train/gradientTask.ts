import { jit } from '../compiler/jit.js'
import { optionsOf } from '../graph/options.js'
import { Tensor } from '../graph/tensor.js'
import * as tree from '../graph/tree.js'
import { GradError } from '../ir/errors.js'
import type { Mode, Variables } from '../models/layer.js'
import { add, mul } from '../ops/elementwise/arithmetic.js'
import { where } from '../ops/elementwise/select.js'
import {
  applyUpdates,
  type GradientTransformation,
  type States,
  zeroCount,
} from '../optim/gradientTransformation.js'
import { hasUpdated, multiSteps } from '../optim/multiSteps.js'
import { type ParameterAverageState, parameterAverage } from '../optim/parameterAverage.js'
import { foldIn } from '../random/foldIn.js'
import { key } from '../random/key.js'
import { split } from '../random/split.js'
import { valueAndGrad } from '../transforms/grad.js'
import type { Figures, Measured, Task } from './task.js'

/** The inputs of a loss besides parameters and batch. */
export type LossContext<S> = {
  /** Values that training changes without a gradient, such as running statistics. */
  readonly state: S
  /** Whether this is training, and then the key of this step: for `apply` of layers, and for what the loss draws itself. */
  readonly mode: Mode
}

/** A loss, f32[], with what else there is to say of the batch. */
export type LossResult<S, More extends string> = {
  readonly loss: Tensor
  /** Further means over the batch, each of one element. */
  readonly figures?: { readonly [name in More]: Tensor }
  /** The figures' weight in means over batches: the number of examples, unless another is given. */
  readonly weight?: Tensor
  /** The state that the next step gets; left out, it stays. */
  readonly state?: S
}

/** All that changes while training. */
export type GradientState<P, S> = {
  readonly params: P
  readonly state: S
  readonly optimizer: unknown
  /** The moving average of the parameters, where one is kept. */
  readonly average: ParameterAverageState<P> | null
  /** Steps so far, i32[]. */
  readonly step: Tensor
  /** The key that those of all steps follow from. */
  readonly key: Tensor
}

export type GradientTaskOptions<P, S, B, More extends string> = {
  /** Checkpoints of tasks of other names are refused. */
  readonly name: string
  /** The first parameters, and what else training changes (`null`: nothing): `init` of a layer. */
  readonly init: (key: Tensor) => Variables<P, S>
  /** The mean loss of a batch, by itself or with further figures. */
  readonly loss: (params: P, batch: B, context: LossContext<S>) => Tensor | LossResult<S, More>
  readonly optimizer: GradientTransformation
  /** Batches that make one update together; 1 by default. Schedules count updates. */
  readonly accumulate?: number
  /** The decay of a moving average of the parameters, 0 to below 1, by which the task is then judged; left out, there is none. */
  readonly average?: number
  /** The backend of the steps; the default one where it is left out. */
  readonly backend?: string
}

/** The loss, and figures of these names. */
type FiguresOf<More extends string> = Figures & { readonly [name in More]: number }

/** A task that is learnt by the gradient of a loss. */
export type GradientTask<P, S, B, More extends string> = Required<
  Omit<Task<GradientState<P, S>, B, FiguresOf<More>>, 'variables'>
> & {
  /** The part of a state that is judged, and saved for others: the average of the parameters where there is one, and the state. */
  readonly variables: (state: GradientState<P, S>) => Variables<P, S>
}

/**
 * A task from a loss and an optimiser: a jitted step finds the loss of a batch, its gradient and the update, and reuses the memory
 * of the state that it is given. It is judged by the same loss with `mode.train` false. A batch is a tree of tensors.
 * @throws GradError on an unknown option, on an average or a number of batches that is out of range
 * @example
 * ```ts
 * import { nn, np, optim } from 'grad-ts'
 * import { fit, gradientTask, tensorDataset } from 'grad-ts/train'
 * const model = nn.linear(1, 1)
 * const line = gradientTask({
 *   name: 'line',
 *   init: model.init,
 *   loss: (params, { x, y }) => np.mean(np.square(model.call(params, x).sub(y))),
 *   optimizer: optim.adam(0.1),
 * })
 * const x = np.arange(8).reshape([8, 1])
 * const { state } = await fit(line, { train: tensorDataset({ x, y: x.mul(3).add(1) }), batchSize: 4, epochs: 300 })
 * model.call(state.params, np.array([[10]])).round().toArray() // => [[31]]
 * ```
 */
export const gradientTask = <
  P,
  S,
  B extends object = Readonly<Record<string, Tensor>>,
  More extends string = never,
>(
  given: GradientTaskOptions<P, S, B, More>,
): GradientTask<P, S, B, More> => {
  const {
    name,
    init,
    loss,
    optimizer: single,
    accumulate = 1,
    average,
    backend,
  } = optionsOf('gradientTask', 'name init loss optimizer accumulate average backend', given)
  type State = GradientState<P, S>
  type Measures = Measured<FiguresOf<More>>
  const several = accumulate === 1 ? null : multiSteps(single, accumulate)
  const optimizer: GradientTransformation = several ?? single
  const averaging = average === undefined ? null : parameterAverage(average)
  const on = backend === undefined ? {} : { backend }

  /** The loss with everything else that is said of the batch. */
  const lossOf = (params: P, batch: B, context: LossContext<S>) => {
    const result = loss(params, batch, context)
    if (result === undefined)
      throw new GradError('gradientTask: a loss is required, got undefined. Return it.')
    const {
      loss: value,
      figures = {},
      weight,
      state = context.state,
    } = result instanceof Tensor ? { loss: result } : result
    // of the names that the loss gives
    const measured = {
      figures: { loss: value, ...figures } as Measures['figures'],
      ...(weight === undefined ? {} : { weight }),
    }
    return { value, measured, state }
  }
  /** It moves with updates, not with batches. */
  const averageAfter = (old: State['average'], params: P, moments: States): State['average'] => {
    if (averaging === null || old === null) return null
    const next = averaging.update(old, params)
    if (several === null) return next
    const isMoved = hasUpdated((moments as ReturnType<typeof several.init>)[0])
    return tree.map((a: Tensor, b: Tensor) => where(isMoved, a, b), next, old)
  }
  const step = jit(
    (old: State, batch: B) => {
      const mode = { train: true, key: foldIn(old.key, old.step) }
      const traced = ({ params }: { readonly params: P }) => {
        const { value, ...more } = lossOf(params, batch, { state: old.state, mode })
        return [value, more] as const
      }
      const [[, { measured, state }], grads] = valueAndGrad(traced, { hasAux: true })({ params: old.params })
      const [updates, moments] = optimizer.update(grads.params, old.optimizer as never, old.params)
      const params = applyUpdates(old.params, updates)
      const next: State = {
        params,
        state,
        optimizer: moments,
        average: averageAfter(old.average, params, moments),
        step: add(old.step, 1),
        key: old.key,
      }
      return { state: next, ...measured }
    },
    { donate: [0], ...on },
  )
  const variables = ({ params, average, state }: State): Variables<P, S> => ({
    params: average?.average ?? params,
    state,
  })
  const judge = jit(
    (own: Variables<P, S>, batch: B) =>
      lossOf(own.params, batch, { state: own.state, mode: { train: false } }).measured,
    on,
  )

  return {
    name,
    init: (seed) => {
      const [initKey, stepKey] = split(key(seed), 2)
      const { params, state } = init(initKey)
      return {
        params,
        state,
        optimizer: optimizer.init(params),
        // before the first update it is the parameters themselves: copies, since a step takes their memory
        average:
          averaging === null
            ? null
            : { ...averaging.init(params), average: tree.map((p: Tensor) => mul(p, 1), params) },
        step: zeroCount(),
        key: stepKey,
      }
    },
    step,
    judge: (state, batch) => judge(variables(state), batch),
    variables,
    withVariables: (old, own) => {
      const { params, state } = own as Variables<P, S> // `variables` made it
      return {
        ...old,
        params,
        state,
        average: old.average === null ? null : { ...old.average, average: params },
      }
    },
  }
}
