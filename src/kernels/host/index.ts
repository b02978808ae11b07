/** What TensorFlow.js has no kernel for, because it is none of its own work. */
import type { Kernel } from '../kernel.js';
import { hostCode } from './host-code.js';

export const host: readonly Kernel[] = [hostCode];
