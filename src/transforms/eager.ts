import { type Aval, aval, formatAval, sizeOf } from '../graph/aval.js'
import type { Backend } from '../graph/backend.js'
import { type Executor, installExecutor } from '../graph/bind.js'
import { allocate } from '../graph/dtype.js'
import { type Eqn, type Graph, newEqn, newGraph, newVar } from '../graph/graph.js'
import { holdings } from '../graph/holdings.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import { paramsKey } from '../graph/structuralKey.js'
import { Concrete, type Deferred, defer, fromHost, splatValue, type Tensor } from '../graph/tensor.js'
import { broadcastInDimP } from '../ops/broadcast.js'
import { iotaP } from '../ops/iota.js'
import { defaultBackend } from './backends.js'
import { compileGraph } from './compile.js'
import { ownAlone } from './jit.js'
import { LruCache } from './lruCache.js'
import { inlineBody } from './passes/inlineBody.js'

const graphs = new LruCache<Graph>(1024)

/** An operand as the kernel takes it: a value, or what computes it from values. */
type Operand = Pick<Deferred, 'inputs'> & { readonly source: Pick<Deferred, 'primitive' | 'params'> | null }

/** Constants of one value come in as scalars that are repeated, so that the compiled kernel serves every value. */
const operandOf = (t: Tensor, fuses: boolean): Operand => {
  const value = splatValue(t)
  if (value !== null)
    return {
      inputs: [fromHost(allocate(t.aval.dtype, 1).fill(value), scalarLike(t))],
      source: t.ndim === 0 ? null : { primitive: broadcastInDimP, params: { shape: t.shape, dims: [] } },
    }
  const source = fuses ? deferred(t) : null
  return source === null ? { inputs: [t as Concrete], source } : { inputs: source.inputs, source }
}

/** Of JS numbers that nothing was computed with, the kind is kept: devices without float64 hold them all the same. */
const scalarLike = ({ aval: { dtype, weakType } }: Tensor): Aval =>
  aval([], dtype, typeof weakType === 'string' && weakType)

const deferred = (t: Tensor): Deferred | null => (t instanceof Concrete ? t.deferred : null)

const avalsOf = (tensors: readonly Tensor[]): readonly Aval[] => tensors.map((t) => t.aval)

/** A graph of one equation, and of those that its operands are deferred by. */
const graphOf = (
  key: string,
  primitive: AnyPrimitive,
  inputs: readonly Tensor[],
  operands: readonly Operand[],
  params: object,
  outputs: readonly Aval[],
): Graph =>
  graphs.get(
    `${key}(${operands.map(({ source, inputs: from }, i) => `${from.map((t) => formatAval(t.aval))}>${source === null ? '' : source.primitive.name + paramsKey(source.params)}${formatAval(inputs[i].aval)}`)})`,
    () => {
      const eqns: Eqn[] = []
      const vars = operands.map((o) => avalsOf(o.inputs).map(newVar))
      const atoms = operands.map(({ source }, i) => {
        if (source === null) return vars[i][0]
        const made = newVar(inputs[i].aval)
        eqns.push(newEqn(source.primitive, source.params, vars[i], [made]))
        return made
      })
      const eqn = newEqn(primitive, params, atoms, outputs.map(newVar))
      return newGraph(vars.flat(), [...eqns, eqn], eqn.outputs)
    },
  )

/** Lowerings that read their operands element by element, whatever computes these. */
const fusing: readonly string[] = ['elementwise', 'move', 'reshape', 'pad', 'indexed', 'reduce']

const run = (
  backend: Backend,
  primitive: AnyPrimitive,
  inputs: readonly Tensor[],
  params: object,
  outputs: readonly Aval[],
): readonly Tensor[] => {
  const fuses =
    inputs.some((t) => deferred(t) !== null) &&
    fusing.includes(primitive.lower(avalsOf(inputs), params, outputs).kind)
  const operands = inputs.map((t) => operandOf(t, fuses))
  const key = `${backend.name} ${primitive.name}${paramsKey(params)}`
  const graph = graphOf(key, primitive, inputs, operands, params, outputs)
  return compileGraph(graph, backend).run(operands.flatMap((o) => o.inputs))
}

/** Whether a result is larger than what it is made of, so that it is better computed where it is read. */
const isSpread = (primitive: AnyPrimitive, inputs: readonly Tensor[], [out]: readonly Aval[]): boolean =>
  (primitive === broadcastInDimP || primitive === iotaP) &&
  inputs.every((t) => splatValue(t) === null && t.size < sizeOf(out.shape))

const executeEagerly: Executor = (primitive, inputs, params, outputs) => {
  const backend = defaultBackend()
  // compiled by its structure, whatever rules surround it
  const body = inlineBody(primitive, params, avalsOf(inputs), outputs)
  if (body !== null) {
    const donated = ownAlone(
      inputs.map((t) => holdings()?.isSpent(t) === true),
      inputs,
    )
    const outs = compileGraph(body, backend).run(inputs, donated)
    inputs.forEach((t, i) => {
      if (donated[i] && !outs.includes(t)) (t as Concrete).release('spent', false)
    })
    return outs
  }
  if (!isSpread(primitive, inputs, outputs) || !backend.capabilities.dtypes.includes(outputs[0].dtype))
    return run(backend, primitive, inputs, params, outputs)
  const own = inputs.map((t) => {
    const source = t as Concrete
    source.handleOn(backend)
    return source.share()
  })
  const compute = () => run(backend, primitive, own, params, outputs)[0] as Concrete
  return [defer(outputs[0], { primitive, params, inputs: own, compute })]
}

/** Makes operations outside of any trace run on the default backend. @internal */
export const enableEagerExecution = (): void => installExecutor(executeEagerly)
