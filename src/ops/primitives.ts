import type { PrimitiveTable } from '../graph/primitive.js'
import { collectivesPrimitives } from './collectives/primitives.js'
import { controlPrimitives } from './control/primitives.js'
import { elementwisePrimitives } from './elementwise/primitives.js'
import { indexingPrimitives } from './indexing/primitives.js'
import { matricesPrimitives } from './matrices/primitives.js'
import { movementPrimitives } from './movement/primitives.js'
import { reductionsPrimitives } from './reductions/primitives.js'
import { windowsPrimitives } from './windows/primitives.js'

const all = [
  ...collectivesPrimitives,
  ...controlPrimitives,
  ...elementwisePrimitives,
  ...indexingPrimitives,
  ...matricesPrimitives,
  ...movementPrimitives,
  ...reductionsPrimitives,
  ...windowsPrimitives,
]

/** Every primitive by name; a graph that is read from a file may name these. */
export const primitives: PrimitiveTable = Object.freeze(Object.fromEntries(all.map((p) => [p.name, p])))
