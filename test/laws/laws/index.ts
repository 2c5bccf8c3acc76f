import type { Law } from '../law.js'
import { adjoint } from './adjoint.js'
import { batchedGradient } from './batchedGradient.js'
import { batching } from './batching.js'
import { forwardDifferences, reverseDifferences } from './differences.js'
import { float32Gradient } from './float32Gradient.js'
import { inputsUnchanged } from './inputsUnchanged.js'
import { jit } from './jit.js'
import { nestedBatching } from './nestedBatching.js'
import { passes } from './passes.js'
import { secondOrder } from './secondOrder.js'
import { serialisation } from './serialisation.js'
import { shapeRule } from './shapeRule.js'
import { soundGraphs } from './soundGraphs.js'
import { transposition } from './transposition.js'
import { edgeValues, values } from './values.js'

export const laws: readonly Law[] = [
  shapeRule,
  values,
  edgeValues,
  forwardDifferences,
  reverseDifferences,
  adjoint,
  transposition,
  secondOrder,
  float32Gradient,
  batching,
  nestedBatching,
  batchedGradient,
  jit,
  passes,
  soundGraphs,
  serialisation,
  inputsUnchanged,
]
