/** The kernels, by TensorFlow.js's names for them. */
import { activations } from './activations/index.js';
import { arithmetic } from './arithmetic/index.js';
import { comparison } from './comparison/index.js';
import { convolutions } from './convolution/index.js';
import { host } from './host/index.js';
import { images } from './images/index.js';
import { indexing } from './indexing/index.js';
import type { Kernel } from './kernel.js';
import { pools } from './pooling/index.js';
import { powers } from './powers/index.js';
import { products } from './products/index.js';
import { reductions } from './reductions/index.js';
import { rounding } from './rounding/index.js';
import { shaping } from './shaping/index.js';
import { slicing } from './slicing/index.js';
import { trigonometry } from './trigonometry/index.js';

export const kernels: ReadonlyMap<string, Kernel> = new Map(
  [
    ...activations,
    ...arithmetic,
    ...comparison,
    ...convolutions,
    ...host,
    ...images,
    ...indexing,
    ...pools,
    ...powers,
    ...products,
    ...reductions,
    ...rounding,
    ...shaping,
    ...slicing,
    ...trigonometry,
  ].map((kernel) => [kernel.name, kernel]),
);
