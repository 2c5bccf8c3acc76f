import type { Graph } from '../../graph/graph.js'
import type { Lowering } from '../../graph/lowering.js'
import type { Aval } from '../../ir/aval.js'
import type { HostFunction, HostRoutine, Program } from '../../ir/program.js'
import type { Draft } from './draft.js'
import type { Lazy } from './lazy.js'

/** How the graphs within a step are made programs. */
type ScheduleGraph = (graph: Graph) => Program

/** A step that no other joins: it takes whole arrays, and gives whole arrays. */
type Opaque = (draft: Draft, name: string, args: readonly Lazy[], outs: readonly Aval[]) => readonly Lazy[]

export const host =
  (call: HostRoutine): Opaque =>
  (draft, name, args, outs) => {
    const inputs = draft.whollyStoredAll(args, `${name} runs on whole arrays`)
    const outputs = outs.map((a) => draft.buffer(a))
    draft.steps.push({ kind: 'host', name, call, inputs, outputs })
    return draft.wholes(outputs, outs)
  }

export const callback =
  (call: HostFunction): Opaque =>
  (draft, name, args, outs) => {
    const inputs = draft.whollyStoredAll(args, `${name} is called with whole arrays`)
    const outputs = outs.map((a) => draft.buffer(a))
    draft.steps.push({ kind: 'callback', name, call, inputs, outputs })
    return draft.wholes(outputs, outs)
  }

export const loop =
  (
    { body, constants, carried, length, reverse }: Extract<Lowering, { kind: 'loop' }>,
    schedule: ScheduleGraph,
  ): Opaque =>
  (draft, name, args, outs) => {
    const inputs = draft.whollyStoredAll(args, `an argument of ${name}`)
    const outputs = outs.map((a) => draft.buffer(a))
    draft.steps.push({
      kind: 'loop',
      name,
      length,
      reverse,
      body: schedule(body),
      constants: inputs.slice(0, constants),
      initial: inputs.slice(constants, constants + carried),
      stackedInputs: inputs.slice(constants + carried),
      carried: outputs.slice(0, carried),
      stackedOutputs: outputs.slice(carried),
    })
    return draft.wholes(outputs, outs)
  }

export const whileLoop =
  (
    { condition, body, conditionConstants, bodyConstants }: Extract<Lowering, { kind: 'while' }>,
    schedule: ScheduleGraph,
  ): Opaque =>
  (draft, name, args, outs) => {
    const inputs = draft.whollyStoredAll(args, `an argument of ${name}`)
    const carried = outs.map((a) => draft.buffer(a))
    draft.steps.push({
      kind: 'while',
      name,
      condition: schedule(condition),
      conditionConstants: inputs.slice(0, conditionConstants),
      body: schedule(body),
      bodyConstants: inputs.slice(conditionConstants, conditionConstants + bodyConstants),
      initial: inputs.slice(conditionConstants + bodyConstants),
      carried,
    })
    return draft.wholes(carried, outs)
  }

export const branch =
  (branches: readonly Graph[], schedule: ScheduleGraph): Opaque =>
  (draft, name, args, outs) => {
    const [index, ...inputs] = draft.whollyStoredAll(args, `an argument of ${name}`)
    const outputs = outs.map((a) => draft.buffer(a))
    draft.steps.push({ kind: 'branch', name, index, branches: branches.map(schedule), inputs, outputs })
    return draft.wholes(outputs, outs)
  }
