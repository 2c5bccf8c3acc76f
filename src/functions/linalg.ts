/** `grad-ts/linalg`: linear algebra on the last two axes of tensors. */
export { det, logdet, slogdet } from './linalg/determinant.js'
export {
  type CholeskyOptions,
  cholesky,
  choSolve,
  inv,
  solve,
  type TriangularOptions,
  triangularSolve,
} from './linalg/linearSystems.js'
