import { type Aval, aval, formatAval } from '../graph/aval.js'
import { type Executor, installExecutor } from '../graph/bind.js'
import { allocate } from '../graph/dtype.js'
import { type Atom, type Graph, newEqn, newGraph, newVar } from '../graph/graph.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import { paramsKey } from '../graph/structuralKey.js'
import { fromHost, splatValue, type Tensor } from '../graph/tensor.js'
import { broadcastInDimP } from '../ops/broadcast.js'
import { defaultBackend } from './backends.js'
import { compileGraph } from './compile.js'
import { LruCache } from './lruCache.js'
import { inlineBody } from './passes/inlineBody.js'

const graphs = new LruCache<Graph>(1024)

/**
 * A graph of one equation. Constants of one value come in as scalars that are repeated, so that the
 * compiled kernel serves every value.
 */
const graphOf = (
  backend: string,
  primitive: AnyPrimitive,
  inputs: readonly Tensor[],
  params: object,
  outputs: readonly Aval[],
): Graph => {
  const splats = inputs.map((t) => splatValue(t) !== null)
  const key = `${backend} ${primitive.name}${paramsKey(params)}(${inputs.map((t, i) => (splats[i] ? '.' : '') + formatAval(t.aval)).join(',')})`
  return graphs.get(key, () => {
    const vars = inputs.map((t, i) => newVar(splats[i] ? scalarLike(t) : t.aval))
    const repeats = inputs.flatMap((t, i) =>
      splats[i] && t.ndim > 0
        ? [newEqn(broadcastInDimP, { shape: t.shape, dims: [] }, [vars[i]], [newVar(t.aval)])]
        : [],
    )
    let next = 0
    const operands = inputs.map(
      (t, i): Atom => (splats[i] && t.ndim > 0 ? repeats[next++].outputs[0] : vars[i]),
    )
    const eqn = newEqn(primitive, params, operands, outputs.map(newVar))
    return newGraph(vars, [...repeats, eqn], eqn.outputs)
  })
}

/** Of JS numbers that nothing was computed with, the kind is kept: devices without float64 hold them all the same. */
const scalarLike = ({ aval: { dtype, weakType } }: Tensor): Aval =>
  aval([], dtype, typeof weakType === 'string' && weakType)

const scalar = (t: Tensor): Tensor => {
  const value = splatValue(t)
  return value === null ? t : fromHost(allocate(t.aval.dtype, 1).fill(value), scalarLike(t))
}

const executeEagerly: Executor = (primitive, inputs, params, outputs) => {
  const backend = defaultBackend()
  const avals = inputs.map((t) => t.aval)
  // compiled by its structure, whatever rules surround it
  const body = inlineBody(primitive, params, avals, outputs)
  if (body !== null) return compileGraph(body, backend).run(inputs)
  return compileGraph(graphOf(backend.name, primitive, inputs, params, outputs), backend).run(
    inputs.map(scalar),
  )
}

/** Makes operations outside of any trace run on the default backend. @internal */
export const enableEagerExecution = (): void => installExecutor(executeEagerly)
