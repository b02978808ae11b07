/** What many numbers along some axes come to. */
import type { Kernel } from '../kernel.js';
import { all } from './all.js';
import { any } from './any.js';
import { argMax } from './arg-max.js';
import { argMin } from './arg-min.js';
import { cumprod } from './cumprod.js';
import { cumsum } from './cumsum.js';
import { max } from './max.js';
import { mean } from './mean.js';
import { min } from './min.js';
import { prod } from './prod.js';
import { sum } from './sum.js';
import { topK } from './top-k.js';

export const reductions: readonly Kernel[] = [
  all,
  any,
  argMax,
  argMin,
  cumprod,
  cumsum,
  max,
  mean,
  min,
  prod,
  sum,
  topK,
];
