/** Code of a user's, which no executor looks into. */
import type { Kernel } from '../kernel.js';
import { hostCode } from './host-code.js';

export const host: readonly Kernel[] = [hostCode];
