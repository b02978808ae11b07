/** Parts of an array, and arrays with something around them. */
import type { Kernel } from '../kernel.js';
import { flipLeftRight } from './flip-left-right.js';
import { mirrorPad } from './mirror-pad.js';
import { padV2 } from './pad-v2.js';
import { reverse } from './reverse.js';
import { slice } from './slice.js';
import { stridedSlice } from './strided-slice.js';

export const slicing: readonly Kernel[] = [
  flipLeftRight,
  mirrorPad,
  padV2,
  reverse,
  slice,
  stridedSlice,
];
