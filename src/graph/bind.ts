import type { Aval } from '../ir/aval.js'
import { BackendError, internal } from '../ir/errors.js'
import { type Builder, destination, requireLive } from './builder.js'
import { holdings } from './holdings.js'
import type { AnyPrimitive, Primitive } from './primitive.js'
import { type Tensor, Tracer } from './tensor.js'

/** Runs one operation on values. */
export type Executor = (
  primitive: AnyPrimitive,
  inputs: readonly Tensor[],
  params: object,
  outputs: readonly Aval[],
) => readonly Tensor[]

let executor: Executor = () => {
  throw new BackendError('bind: an executor is required, got none. Import the library by its main entry.')
}

/** Sets the executor of eager operations. @internal */
export const installExecutor = (e: Executor): void => {
  executor = e
}

/** Executes now, even inside a trace. @internal */
export const execute: Executor = (primitive, inputs, params, outputs) =>
  executor(primitive, inputs, params, outputs)

/** Applies a primitive: recorded by the trace it belongs to, or executed. */
export const bind = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): readonly Tensor[] => {
  const target: Builder | null = destination(inputs)
  const outputs = primitive.abstractEval(
    inputs.map((t) => t.aval),
    params,
  )
  if (target !== null) return target.emit(primitive, params, inputs, outputs)
  for (const t of inputs) if (t instanceof Tracer) requireLive(t)
  const results = executor(primitive, inputs, params, outputs)
  holdings()?.made(results, inputs)
  return results
}

/** `bind` for a primitive with one output. */
export const bind1 = <P extends object>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): Tensor => {
  const outs = bind(primitive, inputs, params)
  if (outs.length !== 1) throw internal(`${primitive.name} has ${outs.length} outputs, not one`)
  return outs[0]
}
