/** Maxima and means over windows. */
import type { Kernel } from '../kernel.js';
import { maxPools } from './max.js';
import { meanPools } from './mean.js';

export const pools: readonly Kernel[] = [...maxPools, ...meanPools];
