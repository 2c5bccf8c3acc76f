import { type DType, shortName } from './dtype.js'
import type { BufferId, Expr } from './expr.js'
import type { Output, Program, Step } from './program.js'
import { isDense, type View } from './view.js'

const printView = (view: View, fill: number): string => {
  const strides = view.strides
    .map((s, j) => (s === 0 ? null : `${s === 1 ? '' : `${s}·`}i${j}`))
    .filter((s) => s !== null)
  const address = [
    ...(view.offset === 0 && strides.length > 0 ? [] : [String(view.offset)]),
    ...strides,
  ].join(' + ')
  const guards = view.guards.map((g) => {
    const terms = g.coefs
      .map((c, j) => (c === 0 ? null : `${c === 1 ? '' : `${c}·`}i${j}`))
      .filter((s) => s !== null)
    return `0 ≤ ${[...(g.offset === 0 ? [] : [String(g.offset)]), ...terms].join(' + ')} < ${g.size}`
  })
  return guards.length === 0 ? address : `${address} where ${guards.join(', ')} else ${fill}`
}

/** An expression on one line. */
const printExpr = (e: Expr): string => {
  switch (e.op) {
    case 'const':
      return `${Object.is(e.value, -0) ? '-0' : e.value}:${shortName(e.dtype)}`
    case 'index':
      return `i${e.axis}`
    case 'acc':
      return `acc${e.slot}`
    case 'elem':
      return `elem${e.slot}`
    case 'load': {
      const dynamic = e.dynamic
        .map((d) => ` + ${d.stride}·clamp(${printExpr(d.index)}, 0, ${d.size - 1})`)
        .join('')
      const address = isDense(e.view) && dynamic === '' ? '' : `[${printView(e.view, e.fill)}${dynamic}]`
      return `b${e.buffer}${address}`
    }
    case 'apply':
      return `${e.fn === 'convert' || e.fn === 'bitcast' ? `${e.fn}<${shortName(e.dtype)}>` : e.fn}(${e.args.map(printExpr).join(', ')})`
  }
}

/** How large the text of an expression would be; shared nodes can make it explode. */
const textSize = (e: Expr, limit: number): number => {
  if (e.op !== 'apply') return 1
  let n = 1
  for (const a of e.args) {
    n += textSize(a, limit - n)
    if (n > limit) return n
  }
  return n
}

const printValue = (e: Expr): string => (textSize(e, 60) > 60 ? '(long expression)' : printExpr(e))

/** A buffer with its type: `b3:f32[2,4]`. */
export const printBuffer = (program: Program, b: BufferId): string => {
  const { dtype, shape }: { readonly dtype: DType; readonly shape: readonly number[] } = program.buffers[b]
  return `b${b}:${shortName(dtype)}[${shape.join(',')}]`
}

const names = (buffers: readonly BufferId[]): string =>
  buffers.length === 0 ? 'none' : buffers.map((b) => `b${b}`).join(', ')

/** A step on one line. */
export const printStep = (program: Program, step: Step): string => {
  const list = (buffers: readonly BufferId[]): string =>
    buffers.length === 0 ? 'none' : buffers.map((b) => printBuffer(program, b)).join(', ')
  const outs = (outputs: readonly Output[]): string =>
    outputs.map((o) => `${printBuffer(program, o.buffer)} ← ${printValue(o.value)}`).join('; ')
  switch (step.kind) {
    case 'kernel': {
      const r = step.reduction
      const over =
        r === null
          ? ''
          : ` reduce [${r.extents.join(',')}] elem ${r.element.map(printValue).join(', ')} by ${r.combine.map(printValue).join(', ')}`
      return `${step.name} over [${step.space.join(',')}]${over}: ${outs(step.outputs)}`
    }
    case 'contract':
      return `${step.name} batch [${step.batch.join(',')}] m [${step.m.join(',')}] n [${step.n.join(',')}] k [${step.k.join(',')}] acc0 ${printExpr(step.lhs)} · ${printExpr(step.rhs)}: ${outs(step.outputs)}`
    case 'host':
      return `${step.name} (host ${step.call.routine}): ${list(step.outputs)} ← ${names(step.inputs)}`
    case 'callback':
      return `${step.name} (host function): ${list(step.outputs)} ← ${names(step.inputs)}`
    case 'loop':
      return `${step.name} ${step.length} times${step.reverse ? ', last slice first' : ''}: carried ${list(step.carried)}, stacked ${list(step.stackedOutputs)} ← constants ${names(step.constants)}, initial ${names(step.initial)}, stacked ${names(step.stackedInputs)}`
    case 'while':
      return `${step.name}: carried ${list(step.carried)} ← constants ${names(step.conditionConstants)} and ${names(step.bodyConstants)}, initial ${names(step.initial)}`
    case 'branch':
      return `${step.name} by b${step.index}: ${list(step.outputs)} ← ${names(step.inputs)}`
  }
}
