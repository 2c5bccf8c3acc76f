import { sizeOf } from '../../ir/aval.js'
import type { DType } from '../../ir/dtype.js'
import { type BufferId, compare, constant, type Expr, type Load, loopIndex, select } from '../../ir/expr.js'
import { reads } from '../../ir/memory.js'
import type { BufferSpec, Kernel, Loop, Program, Step } from '../../ir/program.js'
import { rebuilder } from '../../ir/rebuild.js'
import { dense, type View } from '../../ir/view.js'

/** A kernel of one result, without a reduction. */
const kernelOf = (name: string, space: readonly number[], buffer: BufferId, value: Expr): Kernel => ({
  kind: 'kernel',
  name,
  space,
  reduction: null,
  outputs: [{ buffer, value }],
})

const isNest = (step: Step): boolean => step.kind === 'kernel' || step.kind === 'contract'

/**
 * The body of a loop that reads its slices where they are stacked. Its inputs are the constants, the carried values, the
 * whole stacked arrays, and the number of the slice, an int32 scalar.
 */
export const readingStacks = ({ body, length, stackedInputs }: Loop): Program => {
  const first = body.inputs.length - stackedInputs.length
  const slices = body.inputs.slice(first)
  const buffers: BufferSpec[] = [...body.buffers]
  const add = (spec: BufferSpec): BufferId => buffers.push(spec) - 1
  const stackOf = new Map(
    slices.map((id) => {
      const { shape, dtype } = body.buffers[id]
      return [id, add({ shape: [length, ...shape], dtype })]
    }),
  )
  const which = add({ shape: [], dtype: 'int32' })
  const fromStack = (load: Load): Load => {
    const buffer = stackOf.get(load.buffer)
    if (buffer === undefined) return load
    const everywhere: View = { ...load.view, offset: 0, strides: load.view.shape.map(() => 0), guards: [] }
    const index: Load = { op: 'load', dtype: 'int32', buffer: which, view: everywhere, fill: 0, dynamic: [] }
    const stride = sizeOf(body.buffers[load.buffer].shape)
    return { ...load, buffer, dynamic: [...load.dynamic, { index, size: length, stride }] }
  }
  // steps that are no nests take whole arrays: slices are copied for them
  const whole = new Set(body.steps.filter((s) => !isNest(s)).flatMap(reads))
  const copies = slices.flatMap((id) => {
    const { shape, dtype } = body.buffers[id]
    const load: Load = { op: 'load', dtype, buffer: id, view: dense(shape), fill: 0, dynamic: [] }
    return whole.has(id) ? [kernelOf('slice', shape, id, fromStack(load))] : []
  })
  const own = rebuilder((e) => {
    if (e.op !== 'load' || !stackOf.has(e.buffer) || whole.has(e.buffer)) return undefined
    return fromStack({ ...e, dynamic: e.dynamic.map((d) => ({ ...d, index: own(d.index) as Expr })) })
  })
  return {
    buffers,
    inputs: [...body.inputs.slice(0, first), ...slices.map((id) => stackOf.get(id) as BufferId), which],
    steps: [...copies, ...body.steps.map((step) => withExpressions(step, (e) => own(e) as Expr))],
    outputs: body.outputs,
  }
}

/** A nest with its expressions replaced. */
const withExpressions = (step: Step, own: (e: Expr) => Expr): Step => {
  if (step.kind !== 'kernel' && step.kind !== 'contract') return step
  const outputs = step.outputs.map((o) => ({ ...o, value: own(o.value) }))
  if (step.kind === 'contract')
    return { ...step, lhs: own(step.lhs) as Load, rhs: own(step.rhs) as Load, outputs }
  const { reduction } = step
  return {
    ...step,
    reduction: reduction && { ...reduction, element: reduction.element.map(own) },
    outputs,
  }
}

/** Arrays put behind each other. Reads past the end of one, which are not taken, stay in its texture. */
export const stacking = (lengths: readonly number[], dtype: DType): Program => {
  const total = lengths.reduce((n, d) => n + d, 0)
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((n, d) => n + d, 0))
  const part = (buffer: BufferId): Expr => ({
    op: 'load',
    dtype,
    buffer,
    view: { shape: [total], offset: -starts[buffer], strides: [1], guards: [] },
    fill: 0,
    dynamic: [],
  })
  const ids = [...lengths.keys()]
  const value = ids
    .slice(1)
    .reduce(
      (before, id) => select(compare('lt', loopIndex(0), constant(starts[id], 'int32')), before, part(id)),
      part(0),
    )
  return {
    buffers: [...lengths, total].map((length) => ({ shape: [length], dtype })),
    inputs: ids,
    steps: [kernelOf('stack', [total], lengths.length, value)],
    outputs: [lengths.length],
  }
}
