import { arithmetic } from './arithmetic.js'
import { bitwise } from './bitwise.js'
import { callbacks } from './callbacks.js'
import { calls } from './calls.js'
import { comparisons } from './comparisons.js'
import { contraction } from './contraction.js'
import { controlFlow } from './controlFlow.js'
import { conversion } from './conversion.js'
import { convolution } from './convolution.js'
import { cumulative } from './cumulative.js'
import { exponential } from './exponential.js'
import { hyperbolic } from './hyperbolic.js'
import { indexing } from './indexing.js'
import { linearAlgebra } from './linearAlgebra.js'
import { linearSolvers } from './linearSolvers.js'
import { movement } from './movement.js'
import { namedAxes } from './namedAxes.js'
import { reduceWindows } from './reduceWindows.js'
import { reductions } from './reductions.js'
import { rounding } from './rounding.js'
import type { Row } from './row.js'
import { scatters } from './scatters.js'
import { selection } from './selection.js'
import { sorting } from './sorting.js'
import { specialFunctions } from './specialFunctions.js'
import { trigonometric } from './trigonometric.js'
import { windows } from './windows.js'

/** One row for every primitive. */
export const opTable: readonly Row[] = [
  ...arithmetic,
  ...rounding,
  ...exponential,
  ...trigonometric,
  ...hyperbolic,
  ...specialFunctions,
  ...comparisons,
  ...bitwise,
  ...conversion,
  ...selection,
  ...movement,
  ...windows,
  ...reduceWindows,
  ...indexing,
  ...scatters,
  ...sorting,
  ...reductions,
  ...cumulative,
  ...contraction,
  ...linearAlgebra,
  ...linearSolvers,
  ...convolution,
  ...namedAxes,
  ...calls,
  ...callbacks,
  ...controlFlow,
]
