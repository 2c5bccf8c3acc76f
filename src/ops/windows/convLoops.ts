import type { Lowering } from '../../graph/lowering.js'
import { trace } from '../../graph/trace.js'
import { type Aval, sizeOf } from '../../ir/aval.js'
import type { Bounded, Position } from '../../ir/view.js'
import { pad } from '../movement/pad.js'
import { type AxisLoops, axisLoops } from './axisWindow.js'
import { type ConvParams, convAxes, convolve } from './convGeneralDilated.js'

/**
 * From this number of positions on, each example is a product of matrices of its own, which leaves the result in the
 * order of the output; with fewer, all examples are one product.
 */
const positionsPerExample = 64

/** A convolution as a contraction over windows, its groups being batches; no copy of a window is made. */
export const loweredConvolution = (x: Aval, kernel: Aval, out: Aval, p: ConvParams): Lowering => {
  const loops = convAxes(x, kernel, p).map(axisLoops)
  return loops.every((l) => l !== null) ? contraction(kernel, out, p, loops) : withGapsFilled(x, kernel, p)
}

const at = (axis: number, step = 1) => ({ axis, step })

const contraction = (kernel: Aval, out: Aval, p: ConvParams, loops: readonly AxisLoops[]): Lowering => {
  const groups = p.featureGroupCount * p.batchGroupCount
  const [examples, outputs] = [out.shape[0], out.shape[1] / groups]
  const inputs = kernel.shape[1]
  const rows = loops.map((l) => l.rows)
  const taps = loops.map((l) => l.taps)
  const phased = loops.flatMap((l, j) => (l.phases > 1 ? [j] : []))
  const phases = phased.map((j) => loops[j].phases)
  const alone = sizeOf(rows) >= positionsPerExample
  const batch = alone ? [examples, groups] : [groups]
  const group = batch.length - 1
  // the loops of the result: batch, then phases and outputs, then (examples and) rows
  const firstPhase = batch.length
  const output = firstPhase + phases.length
  const example = alone ? 0 : output + 1
  const firstRow = output + (alone ? 1 : 2)
  // each operand has the loops of its own side, then inputs and taps
  const kernelInput = output + 1
  const operandExample = alone ? 0 : batch.length
  const operandRow = batch.length + (alone ? 0 : 1)
  const operandInput = operandRow + rows.length
  const places = loops.map((l, j): Bounded => {
    const phase = phased.includes(j) ? firstPhase + phased.indexOf(j) : null
    return l.place(phase, kernelInput + 1 + j)
  })
  const kernelPositions: readonly Position[] = [
    { offset: 0, terms: [at(group, outputs), at(output)] },
    { offset: 0, terms: [at(kernelInput)] },
    ...places.map((b) => b.position),
  ]
  const operandPositions: readonly Position[] = [
    {
      offset: 0,
      terms: [at(operandExample), ...(p.batchGroupCount > 1 ? [at(group, examples)] : [])],
    },
    {
      offset: 0,
      terms: [at(operandInput), ...(p.featureGroupCount > 1 ? [at(group, inputs)] : [])],
    },
    ...loops.map((l, j) => l.source(operandRow + j, operandInput + 1 + j)),
  ]
  const spatial = loops.flatMap((_, j) =>
    phased.includes(j) ? [firstRow + j, firstPhase + phased.indexOf(j)] : [firstRow + j],
  )
  return {
    kind: 'contractWindows',
    operands: [1, 0],
    batch,
    m: [...phases, outputs],
    n: alone ? rows : [examples, ...rows],
    k: [inputs, ...taps],
    lhs: { positions: kernelPositions, also: [] },
    rhs: { positions: operandPositions, also: [] },
    result: {
      order: [example, group, output, ...spatial],
      shape: [examples, groups * outputs, ...loops.map((l) => l.rows * l.phases)],
      start: [0, 0, ...loops.map((l) => l.start)],
    },
  }
}

/** Where loops of whole steps cannot express it, the operand is written out with its gaps and padding. */
const withGapsFilled = (x: Aval, kernel: Aval, p: ConvParams): Lowering => {
  const { graph } = trace('convGeneralDilated', [x, kernel], ([operand, w]) => [
    convolve(
      pad(operand, 0, [
        [0, 0, 0],
        [0, 0, 0],
        ...p.lhsDilation.map((d): readonly [number, number, number] => [0, 0, d - 1]),
      ]),
      w,
      { ...p, lhsDilation: p.lhsDilation.map(() => 1) },
    ),
  ])
  return { kind: 'inline', graph }
}
