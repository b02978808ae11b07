/** Sums, products and quotients of two numbers, and what goes with them. */
import type { Kernel } from '../kernel.js';
import { absolute } from './absolute.js';
import { addN } from './add-n.js';
import { add } from './add.js';
import { bitwiseAnd } from './bitwise-and.js';
import { floorDiv } from './floor-div.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { mod } from './mod.js';
import { multiply } from './multiply.js';
import { negative } from './negative.js';
import { realDiv } from './real-div.js';
import { sign } from './sign.js';
import { squaredDifference } from './squared-difference.js';
import { subtract } from './subtract.js';

export const arithmetic: readonly Kernel[] = [
  absolute,
  addN,
  add,
  bitwiseAnd,
  floorDiv,
  maximum,
  minimum,
  mod,
  multiply,
  negative,
  realDiv,
  sign,
  squaredDifference,
  subtract,
];
