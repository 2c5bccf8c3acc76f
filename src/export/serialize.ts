import { chain } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { closed } from '../formats/closedRecord.js'
import { checkGraph } from '../graph/check.js'
import {
  type Atom,
  type Eqn,
  type Graph,
  isGraph,
  newEqn,
  newGraph,
  newLit,
  newVar,
  type Var,
} from '../graph/graph.js'
import type { AnyPrimitive } from '../graph/primitive.js'
import { HostRef } from '../graph/structuralKey.js'
import { type Aval, aval, formatAval, sameAval } from '../ir/aval.js'
import { type DType, dtypes, storedValue } from '../ir/dtype.js'
import { GradError } from '../ir/errors.js'
import { primitives } from '../ops/primitives.js'

/** A number as JSON can hold it: NaN, infinities and −0 by name. */
const NumberJson = t.union([
  t.number,
  closed(
    { number: t.union([t.literal('NaN'), t.literal('Infinity'), t.literal('-Infinity'), t.literal('-0')]) },
    'Number',
  ),
])
type NumberJson = t.TypeOf<typeof NumberJson>

const encodeNumber = (x: number): NumberJson =>
  Object.is(x, -0)
    ? { number: '-0' }
    : Number.isFinite(x)
      ? x
      : { number: String(x) as 'NaN' | 'Infinity' | '-Infinity' }

const decodeNumber = (x: NumberJson): number => (typeof x === 'number' ? x : Number(x.number))

const isDType = (x: unknown): x is DType => dtypes.some((d) => d === x)

const DTypeJson = new t.Type<DType, DType, unknown>(
  'DType',
  isDType,
  (x, c) => (isDType(x) ? t.success(x) : t.failure(x, c)),
  (x) => x,
)

const WeaknessJson = t.union([
  t.boolean,
  t.keyof({ natural: 0, negative: 0, unsigned: 0, huge: 0, fraction: 0 }),
])
const Size = t.refinement(t.number, (n) => Number.isSafeInteger(n) && n >= 0, 'a whole number, not negative')
const AvalJson = closed({ shape: t.readonlyArray(Size), dtype: DTypeJson, weakType: WeaknessJson }, 'Aval')
const AtomJson = t.union([
  closed({ var: t.number }, 'Variable'),
  closed({ lit: NumberJson, aval: AvalJson }, 'Literal'),
])
const EqnJson = closed(
  {
    primitive: t.string,
    params: t.UnknownRecord,
    inputs: t.readonlyArray(AtomJson),
    outputs: t.readonlyArray(AvalJson),
  },
  'Equation',
)

/** Variables are numbered in the order they are bound: inputs first, then each equation's outputs. */
const GraphJson = closed(
  {
    format: t.literal('grad-ts graph'),
    version: t.literal(1),
    inputs: t.readonlyArray(AvalJson),
    eqns: t.readonlyArray(EqnJson),
    outputs: t.readonlyArray(AtomJson),
  },
  'Graph',
)
export type GraphJson = t.TypeOf<typeof GraphJson>

const encodeParam = (value: unknown): unknown => {
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof HostRef) {
    throw new GradError(
      `serialize: a graph of plain data is required, got a function of the user's, ${value.name}. Leave callbacks out; exportProgram opens custom rules.`,
    )
  }
  if (isGraph(value)) return { graph: encodeGraph(value) }
  if (Array.isArray(value)) return value.map(encodeParam)
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encodeParam(v)]))
}

const encodeGraph = (graph: Graph): GraphJson => {
  const numbers = new Map<Var, number>()
  const define = (v: Var): Aval => {
    numbers.set(v, numbers.size)
    return v.aval
  }
  const use = (a: Atom): t.TypeOf<typeof AtomJson> =>
    a.kind === 'lit' ? { lit: encodeNumber(a.value), aval: a.aval } : { var: numbers.get(a) ?? -1 }
  const inputs = graph.inputs.map(define)
  const eqns = graph.eqns.map((e) => ({
    primitive: e.primitive.name,
    params: encodeParam(e.params) as Record<string, unknown>,
    inputs: e.inputs.map(use),
    outputs: e.outputs.map(define),
  }))
  return { format: 'grad-ts graph', version: 1, inputs, eqns, outputs: graph.outputs.map(use) }
}

/**
 * Backends write code from parameters, so strings in a file must be single words; only names, which are
 * shown and compared, may be any text.
 */
const requireWord = (key: string, text: string): string => {
  if (/name/i.test(key) || /^\w*$/.test(text)) return text
  throw new GradError(`decode graph: a word is required as parameter ${key}, got ${JSON.stringify(text)}.`)
}

/** Whether an object has the form of a sub-graph, valid or not. */
const isGraphForm = (value: object): value is { readonly graph: unknown } =>
  'graph' in value && typeof value.graph === 'object' && value.graph !== null && 'format' in value.graph

const decodeParam = (value: unknown, key: string): unknown => {
  if (typeof value === 'string') return requireWord(key, value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map((v) => decodeParam(v, key)))
  if (NumberJson.is(value)) return decodeNumber(value)
  if (isGraphForm(value)) {
    if (GraphJson.is(value.graph)) return rebuild(value.graph)
    throw new GradError(
      `decode graph: a graph of version 1 is required as parameter ${key}, got another form.`,
    )
  }
  return decodeParams(value)
}

const decodeParams = (params: object): object =>
  Object.freeze(Object.fromEntries(Object.entries(params).map(([k, v]) => [k, decodeParam(v, k)])))

/** @throws GradError unless the dtype holds the value exactly */
const literal = (value: number, type: Aval): Atom => {
  if (Object.is(storedValue(type.dtype, value), value)) return newLit(value, type)
  throw new GradError(`decode graph: a literal that ${formatAval(type)} holds is required, got ${value}.`)
}

/** @throws GradError unless outputs are weakly typed where the shape rule says so; the checker does not compare that */
const requireWeakTypes = (
  primitive: AnyPrimitive,
  params: object,
  operands: readonly Atom[],
  outputs: readonly Var[],
): void => {
  const avals = primitive.abstractEval(
    operands.map((a) => a.aval),
    params,
  )
  const wrong = outputs.findIndex((v, i) => avals[i] !== undefined && !sameAval(avals[i], v.aval))
  if (wrong >= 0) {
    throw new GradError(
      `decode graph: ${primitive.name} gives ${formatAval(avals[wrong])}, got an output written as ${formatAval(outputs[wrong].aval)}.`,
    )
  }
}

/** @throws GradError where the graph is unsound or names an unknown primitive */
const rebuild = (json: GraphJson): Graph => {
  const vars: Var[] = []
  const define = (a: Aval): Var => {
    const v = newVar(aval(a.shape, a.dtype, a.weakType))
    vars.push(v)
    return v
  }
  const use = (a: t.TypeOf<typeof AtomJson>): Atom => {
    if ('lit' in a) return literal(decodeNumber(a.lit), aval(a.aval.shape, a.aval.dtype, a.aval.weakType))
    const v = vars[a.var]
    if (v === undefined)
      throw new GradError(
        `decode graph: a variable bound before its use is required, got number ${a.var} of ${vars.length}.`,
      )
    return v
  }
  const inputs = json.inputs.map(define)
  const eqns = json.eqns.map((e): Eqn => {
    const primitive = Object.hasOwn(primitives, e.primitive) ? primitives[e.primitive] : undefined
    if (primitive === undefined)
      throw new GradError(`decode graph: a known primitive is required, got ${e.primitive}.`)
    const operands = e.inputs.map(use)
    const params = decodeParams(e.params)
    const outputs = e.outputs.map(define)
    requireWeakTypes(primitive, params, operands, outputs)
    return newEqn(primitive, params, operands, outputs)
  })
  return newGraph(inputs, eqns, json.outputs.map(use))
}

/** The codec of graphs: `encode` gives JSON, `decode` validates its form and checks the graph as every other graph is checked. */
export const graphCodec = new t.Type<Graph, GraphJson, unknown>(
  'Graph',
  (x): x is Graph => isGraph(x),
  (input, context) =>
    chain((json: GraphJson) => {
      try {
        return t.success(checkGraph(rebuild(json)))
      } catch (error) {
        return t.failure<Graph>(input, context, error instanceof Error ? error.message : String(error))
      }
    })(GraphJson.validate(input, context)),
  encodeGraph,
)
