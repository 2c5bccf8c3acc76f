import { initialize } from './core.js'

initialize()

export { backendNames, type Device, devices, loadBackend, setDefaultBackend } from './compiler/backends.js'
export { disableJit, type JitOptions, type Jitted, jit } from './compiler/jit.js'
export * as np from './functions/numpy.js'
export type { Graph } from './graph/graph.js'
export { printGraph } from './graph/print.js'
export { graphKey } from './graph/structuralKey.js'
export { Tensor, type TensorLike } from './graph/tensor.js'
export type {
  At,
  Index,
  IndexMode,
  NestedArray,
  OutsideOptions,
  ReduceOptions,
  WriteOptions,
} from './graph/tensorMethods.js'
export * as tree from './graph/tree.js'
export type { Aval, Shape } from './ir/aval.js'
export type { DType, TypedArray } from './ir/dtype.js'
export {
  BackendError,
  ConcretizationError,
  DTypeError,
  GradError,
  IndexError,
  MissingRuleError,
  NaNError,
  ShapeError,
  TracerLeakError,
  TreeMismatchError,
} from './ir/errors.js'
export * as nn from './nn.js'
export { checkpointName } from './ops/control/checkpointName.js'
export type { RematPolicy } from './ops/control/remat.js'
export { stopGradient } from './ops/control/stopGradient.js'
export * as optim from './optim/index.js'
export * as random from './random/index.js'
export { cond, switchCase } from './transforms/branches.js'
export { pureCallback } from './transforms/callbacks.js'
export { closureConvert } from './transforms/closureConvert.js'
export { customJvp, customVjp } from './transforms/customRules.js'
export { type GradOptions, grad, valueAndGrad } from './transforms/grad.js'
export { hessian, type JacobianOptions, jacfwd, jacrev } from './transforms/jacobian.js'
export { jvp } from './transforms/jvp.js'
export { linearTranspose } from './transforms/linearTranspose.js'
export { foriLoop, whileLoop } from './transforms/loops.js'
export { evalShape, makeGraph, ShapeDType } from './transforms/makeGraph.js'
export { type RematOptions, remat } from './transforms/remat.js'
export { map, type ScanOptions, scan } from './transforms/scan.js'
export { linearize, vjp } from './transforms/vjp.js'
export { type Axes, type VmapOptions, vmap } from './transforms/vmap.js'
