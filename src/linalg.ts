import { initialize } from './core.js'

/** `grad-ts/linalg`: linear algebra on the last two axes of tensors. */
initialize()

export { det, logdet, slogdet } from './functions/linalg/determinant.js'
export {
  type CholeskyOptions,
  cholesky,
  choSolve,
  inv,
  solve,
  type TriangularOptions,
  triangularSolve,
} from './functions/linalg/linearSystems.js'
