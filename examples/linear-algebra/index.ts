/** Dense linear algebra in double precision, for what examples know in closed form. */
export { type Eigenpairs, eigenpairs, leadingEigenpairs } from './eigenpairs.js';
export {
  type Matrix,
  type Vector,
  cholesky,
  diagonal,
  dot,
  inverseOf,
  matrixOf,
  multiply,
  plusDiagonal,
  solveLower,
  tensorOf,
  trace,
  transpose,
} from './matrix.js';
export { type Moments, momentsOf } from './moments.js';
export { orthonormal } from './orthonormal.js';
export { principalAngles } from './principal-angles.js';
