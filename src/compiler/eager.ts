import { type Executor, installExecutor } from '../graph/bind.js'
import { type Eqn, type Graph, newEqn, newGraph, newVar } from '../graph/graph.js'
import { holdings } from '../graph/holdings.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import { paramsKey } from '../graph/structuralKey.js'
import { Concrete, type Deferred, fromHost, type Tensor } from '../graph/tensor.js'
import { type Aval, aval, formatAval, sizeOf } from '../ir/aval.js'
import type { Backend } from '../ir/backend.js'
import { allocate } from '../ir/dtype.js'
import { broadcastInDimP } from '../ops/movement/broadcast.js'
import { iotaP } from '../ops/movement/iota.js'
import { inlineBody } from '../passes/inlineCalls.js'
import { defaultBackend } from './backends.js'
import { compileGraph } from './compile.js'
import { runDonating } from './jit.js'
import { LruCache } from './lruCache.js'

const graphs = new LruCache<Graph>(1024)

/** An operand as the kernel takes it: a value, or an expression of values. */
type Operand = Partial<Deferred> & Pick<Deferred, 'inputs'>

/** Constants of one value come in as scalars that are repeated, so that the compiled kernel serves every value. */
const operandOf = (t: Concrete, fuses: boolean): Operand => {
  if (t.splat === null) return (fuses ? t.deferred : undefined) ?? { inputs: [t] }
  const inputs = [fromHost(allocate(t.aval.dtype, 1).fill(t.splat), scalarLike(t))]
  return t.ndim === 0
    ? { inputs }
    : { inputs, primitive: broadcastInDimP, params: { shape: t.shape, dims: [] } }
}

/** Keeps the kind of a JS number that nothing was computed with: devices without float64 hold it all the same. */
const scalarLike = ({ aval: { dtype, weakType } }: Tensor): Aval =>
  aval([], dtype, typeof weakType === 'string' && weakType)

const textOf = ({ aval }: Tensor): string => formatAval(aval)

/** Lowerings that read their operands element by element, whatever computes these. */
const fusing: readonly string[] = ['elementwise', 'move', 'reshape', 'pad', 'indexed', 'reduce']

/** A graph of one equation, and of those that its operands are deferred by. */
const run = (
  backend: Backend,
  primitive: AnyPrimitive,
  inputs: readonly Concrete[],
  params: object,
  outputs: readonly Aval[],
): readonly Tensor[] => {
  const avals = inputs.map((t) => t.aval)
  const fuses =
    inputs.some((t) => t.deferred) && fusing.includes(primitive.lower(avals, params, outputs).kind)
  const operands = inputs.map((t) => operandOf(t, fuses))
  const texts = operands.map(
    (o, i) =>
      `${o.inputs.map(textOf)}>${o.primitive ? o.primitive.name + paramsKey(o.params) : ''}${textOf(inputs[i])}`,
  )
  const graph = graphs.get(`${backend.name} ${primitive.name}${paramsKey(params)}(${texts})`, () => {
    const vars = operands.map((o) => o.inputs.map((t) => newVar(t.aval)))
    const eqns: Eqn[] = []
    const atoms = operands.map((o, i) => {
      if (o.primitive === undefined) return vars[i][0]
      const made = newVar(avals[i])
      eqns.push(newEqn(o.primitive, o.params ?? {}, vars[i], [made]))
      return made
    })
    const eqn = newEqn(primitive, params, atoms, outputs.map(newVar))
    return newGraph(vars.flat(), [...eqns, eqn], eqn.outputs)
  })
  return compileGraph(graph, backend).run(operands.flatMap((o) => o.inputs))
}

const executeEagerly: Executor = (primitive, given, params, outputs) => {
  const inputs = given as readonly Concrete[]
  const backend = defaultBackend()
  // compiled by its structure, whatever rules surround it
  const body = inlineBody(
    primitive,
    params,
    inputs.map((t) => t.aval),
    outputs,
  )
  if (body !== null) {
    const spent = inputs.map((t) => holdings()?.spent.includes(t) === true)
    return runDonating(primitive.name, compileGraph(body, backend), inputs, spent)
  }
  // a result that is larger than its operands is better computed where it is read
  const isDeferred =
    (primitive === broadcastInDimP || primitive === iotaP) &&
    inputs.every((t) => t.splat === null && t.size < sizeOf(outputs[0].shape)) &&
    backend.capabilities.dtypes.includes(outputs[0].dtype)
  if (!isDeferred) return run(backend, primitive, inputs, params, outputs)
  for (const t of inputs) t.handleOn(backend)
  const own = inputs.map((t) => t.share())
  const compute = () => run(backend, primitive, own, params, outputs)[0] as Concrete
  return [new Concrete(outputs[0], { kind: 'deferred', primitive, params, inputs: own, compute })]
}

/** Makes operations outside of any trace run on the default backend. @internal */
export const enableEagerExecution = (): void => installExecutor(executeEagerly)
