/** Linear algebra on the last two axes of tensors: what is exported here is `grad-ts/linalg`. */
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
