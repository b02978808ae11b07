/** TensorFlow.js kernels in ONNX operators, in forms that are fast and keep their accuracy. */
import type { Translation } from '../builder.js';
import { indexing } from './indexing.js';
import { products } from './products.js';
import { reductions } from './reductions.js';
import { shaping } from './shaping.js';

/** How each kernel is written; one that is missing cannot be compiled. */
export const translations: Readonly<Record<string, Translation>> = {
  ...indexing,
  ...products,
  ...reductions,
  ...shaping,
};
