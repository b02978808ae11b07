/** Powers, roots, exponentials and logarithms. */
import type { Kernel } from '../kernel.js';
import { exp } from './exp.js';
import { expm1 } from './expm1.js';
import { log } from './log.js';
import { log1p } from './log1p.js';
import { pow } from './pow.js';
import { reciprocal } from './reciprocal.js';
import { rsqrt } from './rsqrt.js';
import { sqrt } from './sqrt.js';
import { square } from './square.js';

export const powers: readonly Kernel[] = [
  exp,
  expm1,
  log,
  log1p,
  pow,
  reciprocal,
  rsqrt,
  sqrt,
  square,
];
