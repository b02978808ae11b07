/** Numbers as other numbers of the same place: rounded, within bounds, of another type, or constant. */
import type { Kernel } from '../kernel.js';
import { cast } from './cast.js';
import { ceil } from './ceil.js';
import { clipByValue } from './clip-by-value.js';
import { floor } from './floor.js';
import { identity } from './identity.js';
import { onesLike } from './ones-like.js';
import { round } from './round.js';
import { zerosLike } from './zeros-like.js';

export const rounding: readonly Kernel[] = [
  cast,
  ceil,
  clipByValue,
  floor,
  identity,
  onesLike,
  round,
  zerosLike,
];
