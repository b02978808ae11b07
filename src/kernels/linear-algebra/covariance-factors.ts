/** Factors of a diagonal and a square, and of the inverses of matrices. */
import {
  GRAM_CHOLESKY,
  SCALE_OF_PRECISION,
} from '../../../dsl/numerics/matrices/covariance-factors.js';
import type { Kernel } from '../kernel.js';
import { hostOf } from '../host/host-of.js';

export const gramCholesky: Kernel = {
  ...hostOf(GRAM_CHOLESKY),
  shape: ({ d }) => d && { ...d, shape: [...d.shape, d.shape.at(-1) ?? 0] },
  batch: ({ spread, again }) => again({ v: spread('v'), d: spread('d') }),
  work: 'factor',
};

export const scaleOfPrecision: Kernel = {
  ...hostOf(SCALE_OF_PRECISION),
  canonical: ({ isFactor }) => ({ isFactor: isFactor === true }),
  shape: ({ p }) => p,
  batch: ({ at, again, attributes }) => again({ p: at('p') }, attributes),
  work: 'factor',
};
