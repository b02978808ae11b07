/** The same elements by another shape, in another order or together with others. */
import type { Kernel } from '../kernel.js';
import { concat } from './concat.js';
import { diag } from './diag.js';
import { expandDims } from './expand-dims.js';
import { fill } from './fill.js';
import { pack } from './pack.js';
import { reshape } from './reshape.js';
import { splitV } from './split-v.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unpack } from './unpack.js';

export const shaping: readonly Kernel[] = [
  concat,
  diag,
  expandDims,
  fill,
  pack,
  reshape,
  splitV,
  tile,
  transpose,
  unpack,
];
