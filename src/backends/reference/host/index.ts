import { sizeOf } from '../../../ir/aval.js'
import type { TypedArray } from '../../../ir/dtype.js'
import type { BufferSpec, Callback, HostStep } from '../../../ir/program.js'
import type { CompiledStep } from '../loopNest.js'
import { compileCumulative } from './cumulative.js'
import { compileCholesky, compileLU, compileTriangularSolve } from './linearAlgebra.js'
import { compileScatter } from './scatter.js'
import { compileSort } from './sort.js'
import { compileTopK } from './topK.js'

/** A host routine on its inputs and outputs, in their order. */
type Routine = (inputs: readonly TypedArray[], outputs: readonly TypedArray[]) => void

/** Shapes are those of outputs: an input's buffer may have another, of as many elements. */
const routineOf = (
  { call }: HostStep,
  inputs: readonly BufferSpec[],
  outputs: readonly BufferSpec[],
): Routine => {
  switch (call.routine) {
    case 'cumulative': {
      const run = compileCumulative(call, outputs[0])
      return ([x], [out]) => run(x, out)
    }
    case 'scatter': {
      const run = compileScatter(call, outputs[0], call.axes.length === 0 ? 1 : sizeOf(inputs[1].shape))
      return (xs, [out]) => run(xs[0], xs.slice(1, -1), xs[xs.length - 1], out)
    }
    case 'sort':
      return compileSort(call, outputs[0].shape)
    case 'topK': {
      const run = compileTopK(call, sizeOf(inputs[0].shape), outputs[0].shape)
      return ([x], [values, positions]) => run(x, values, positions)
    }
    case 'cholesky': {
      const run = compileCholesky(outputs[0].shape)
      return ([a], [l]) => run(a, l)
    }
    case 'triangularSolve': {
      const run = compileTriangularSolve(call, outputs[0].shape)
      return ([a, b], [x]) => run(a, b, x)
    }
    case 'lu': {
      const run = compileLU(outputs[0].shape)
      return ([a], [packed, permutation]) => run(a, packed, permutation)
    }
  }
}

/** A host routine on dense buffers. */
export const compileHost = (step: HostStep, specs: readonly BufferSpec[]): CompiledStep => {
  const run = routineOf(
    step,
    step.inputs.map((b) => specs[b]),
    step.outputs.map((b) => specs[b]),
  )
  return (buffers) =>
    run(
      step.inputs.map((b) => buffers[b]),
      step.outputs.map((b) => buffers[b]),
    )
}

/** Calls a function of the host's between other steps. */
export const compileCallback =
  ({ call, inputs, outputs }: Callback): CompiledStep =>
  (buffers) => {
    const results = call(inputs.map((id) => buffers[id]))
    outputs.forEach((id, i) => {
      buffers[id].set(results[i])
    })
  }
