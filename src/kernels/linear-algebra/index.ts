/** What TensorFlow.js has no kernels for: factors of matrices, and systems that they solve. */
import type { Kernel } from '../kernel.js';
import { cholesky } from './cholesky.js';
import { gramCholesky, scaleOfPrecision } from './covariance-factors.js';
import { logAbsDet } from './log-abs-det.js';
import { matrixSolve } from './matrix-solve.js';
import { recurrence } from './recurrence.js';
import { triangularSolve } from './triangular-solve.js';

export const linearAlgebra: readonly Kernel[] = [
  cholesky,
  gramCholesky,
  logAbsDet,
  matrixSolve,
  recurrence,
  scaleOfPrecision,
  triangularSolve,
];
