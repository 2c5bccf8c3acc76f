import { sizeOf } from '../../src/ir/aval.js'
import { allocate, type TypedArray } from '../../src/ir/dtype.js'
import type { Expr, Load } from '../../src/ir/expr.js'
import type { Branch, Contract, Kernel, Loop, Program, While } from '../../src/ir/program.js'
import { scalarOp } from '../../src/ir/scalar.js'
import { type Point, pointsOf, runHostNaively } from './runHostNaively.js'

type Buffers = readonly TypedArray[]
/** The running values of a reduction, and the nodes that are known already at this point. */
type Running = {
  readonly acc: readonly number[]
  readonly elem: readonly number[]
  readonly known: Map<Expr, number>
}

const at = (acc: readonly number[] = [], elem: readonly number[] = []): Running => ({
  acc,
  elem,
  known: new Map(),
})

const along = (coefs: readonly number[], point: Point): number =>
  coefs.reduce((sum, c, j) => sum + c * (point[j] ?? 0), 0)

const readAt = (load: Load, point: Point, buffers: Buffers, running: Running): number => {
  const { view } = load
  const inside = view.guards.every((g) => {
    const coordinate = g.offset + along(g.coefs, point)
    return coordinate >= 0 && coordinate < g.size
  })
  if (!inside) return load.fill
  const computed = load.dynamic.map(({ index, size, stride }) => {
    const wanted = valueAt(index, point, buffers, running)
    return Math.max(0, Math.min(wanted, size - 1)) * stride
  })
  const address = view.offset + along(view.strides, point) + computed.reduce((a, b) => a + b, 0)
  const found = buffers[load.buffer][address]
  if (found === undefined) throw new Error(`address ${address} of ${buffers[load.buffer].length}`)
  return found
}

/** An expression's value at one point of a nest, by recursion. */
const valueAt = (expr: Expr, point: Point, buffers: Buffers, running: Running): number => {
  const known = running.known.get(expr)
  if (known !== undefined) return known
  const value = compute(expr, point, buffers, running)
  running.known.set(expr, value)
  return value
}

const compute = (expr: Expr, point: Point, buffers: Buffers, running: Running): number => {
  switch (expr.op) {
    case 'const':
      return expr.value
    case 'index':
      return point[expr.axis]
    case 'load':
      return readAt(expr, point, buffers, running)
    case 'apply': {
      const operand = expr.args[expr.fn === 'select' ? 1 : 0]
      const [a, b = 0, c = 0] = expr.args.map((x) => valueAt(x, point, buffers, running))
      return scalarOp(expr.fn, operand.dtype, expr.dtype)(a, b, c)
    }
    case 'acc':
      return running.acc[expr.slot]
    case 'elem':
      return running.elem[expr.slot]
  }
}

const runKernel = (kernel: Kernel, buffers: TypedArray[]): void => {
  const { space, reduction, outputs } = kernel
  pointsOf(space).forEach((point, flat) => {
    let acc: readonly number[] = reduction ? reduction.init.map((i) => i.value) : []
    if (reduction) {
      for (const inner of pointsOf(reduction.extents)) {
        const nothing = at()
        const elem = reduction.element.map((e) => valueAt(e, [...point, ...inner], buffers, nothing))
        const running = at(acc, elem)
        acc = reduction.combine.map((e) => valueAt(e, point, buffers, running))
      }
    }
    const reduced = at(acc)
    for (const { buffer, value } of outputs) buffers[buffer][flat] = valueAt(value, point, buffers, reduced)
  })
}

const runContract = ({ batch, m, n, k, lhs, rhs, outputs }: Contract, buffers: TypedArray[]): void => {
  const { dtype } = lhs
  const wide = dtype === 'float32' ? 'float64' : dtype
  const [add, mul] = [scalarOp('add', wide, wide), scalarOp('mul', wide, wide)]
  let flat = 0
  for (const b of pointsOf(batch)) {
    for (const i of pointsOf(m)) {
      for (const j of pointsOf(n)) {
        let sum = 0
        for (const c of pointsOf(k)) {
          const left = readAt(lhs, [...b, ...i, ...c], buffers, at())
          const right = readAt(rhs, [...b, ...j, ...c], buffers, at())
          sum = add(sum, mul(left, right, 0), 0)
        }
        const reduced = at([dtype === 'float32' ? Math.fround(sum) : sum])
        for (const { buffer, value } of outputs)
          buffers[buffer][flat] = valueAt(value, [...b, ...i, ...j], buffers, reduced)
        flat++
      }
    }
  }
}

const runControlFlow = (step: Loop | While | Branch, buffers: TypedArray[]): void => {
  const copies = (ids: readonly number[]): TypedArray[] => ids.map((id) => buffers[id].slice())
  const store = (ids: readonly number[], values: readonly TypedArray[]): void => {
    ids.forEach((id, i) => {
      buffers[id] = values[i]
    })
  }
  if (step.kind === 'branch') {
    const chosen = Math.min(Math.max(buffers[step.index][0], 0), step.branches.length - 1)
    store(step.outputs, interpretNaively(step.branches[chosen], copies(step.inputs)))
    return
  }
  let carried = copies(step.initial)
  if (step.kind === 'while') {
    while (interpretNaively(step.condition, [...copies(step.conditionConstants), ...carried])[0][0] !== 0)
      carried = interpretNaively(step.body, [...copies(step.bodyConstants), ...carried])
    store(step.carried, carried)
    return
  }
  const sliceSize = (array: TypedArray): number => array.length / step.length
  for (let k = 0; k < step.length; k++) {
    const at = step.reverse ? step.length - 1 - k : k
    const slices = copies(step.stackedInputs).map((x) => x.slice(at * sliceSize(x), (at + 1) * sliceSize(x)))
    const outs = interpretNaively(step.body, [...copies(step.constants), ...carried, ...slices])
    carried = outs.slice(0, carried.length)
    step.stackedOutputs.forEach((id, i) => {
      buffers[id].set(outs[carried.length + i], at * sliceSize(buffers[id]))
    })
  }
  store(step.carried, carried)
}

/** What a program means, point by point: slow, and simple enough to be read in a minute. */
export const interpretNaively = (program: Program, inputs: readonly TypedArray[]): TypedArray[] => {
  const shapes = program.buffers.map((spec) => spec.shape)
  const buffers = program.buffers.map((spec) => allocate(spec.dtype, sizeOf(spec.shape)))
  program.inputs.forEach((id, k) => {
    buffers[id] = inputs[k]
  })
  for (const step of program.steps) {
    if (step.kind === 'kernel') runKernel(step, buffers)
    else if (step.kind === 'contract') runContract(step, buffers)
    else if (step.kind === 'host') runHostNaively(step, buffers, shapes)
    else if (step.kind === 'callback') {
      const results = step.call(step.inputs.map((id) => buffers[id]))
      step.outputs.forEach((id, i) => {
        buffers[id] = results[i]
      })
    } else runControlFlow(step, buffers)
  }
  return program.outputs.map((id) => buffers[id])
}
