/** Convolutions and their gradients. */
import type { Kernel } from '../kernel.js';
import { conv2dByFilter, conv3dByFilter } from './by-filter.js';
import { conv2dByInput, conv3dByInput } from './by-input.js';
import { conv2d, conv3d } from './convolution.js';
import { depthwise, depthwiseByFilter, depthwiseByInput } from './depthwise.js';
import { fusedConvolutions } from './fused.js';

export const convolutions: readonly Kernel[] = [
  conv2d,
  conv2dByFilter,
  conv2dByInput,
  conv3d,
  conv3dByFilter,
  conv3dByInput,
  depthwise,
  depthwiseByFilter,
  depthwiseByInput,
  ...fusedConvolutions,
];
