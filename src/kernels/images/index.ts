/** Images in other sizes, in blocks, and normalised. */
import type { Kernel } from '../kernel.js';
import { batchNorm } from './batch-norm.js';
import { blocks } from './blocks.js';
import { localResponse } from './local-response.js';
import { resizing } from './resize.js';

export const images: readonly Kernel[] = [batchNorm, ...blocks, localResponse, ...resizing];
