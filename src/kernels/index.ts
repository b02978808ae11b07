/** The kernels, by TensorFlow.js's names for them. */
import { activations } from './activations/index.js';
import { arithmetic } from './arithmetic/index.js';
import { comparison } from './comparison/index.js';
import { convolutions } from './convolution/index.js';
import { host as userCode } from './host/index.js';
import { images } from './images/index.js';
import { indexing } from './indexing/index.js';
import type { Kernel } from './kernel.js';
import { linearAlgebra } from './linear-algebra/index.js';
import { pools } from './pooling/index.js';
import { powers } from './powers/index.js';
import { products } from './products/index.js';
import { reductions } from './reductions/index.js';
import { rounding } from './rounding/index.js';
import { shaping } from './shaping/index.js';
import { slicing } from './slicing/index.js';
import { special } from './special/index.js';
import { trigonometry } from './trigonometry/index.js';

export const kernels: ReadonlyMap<string, Kernel> = new Map(
  [
    ...activations,
    ...arithmetic,
    ...comparison,
    ...convolutions,
    ...userCode,
    ...images,
    ...indexing,
    ...linearAlgebra,
    ...pools,
    ...powers,
    ...products,
    ...reductions,
    ...rounding,
    ...shaping,
    ...slicing,
    ...special,
    ...trigonometry,
  ].map((kernel) => [kernel.name, kernel]),
);

/** The kernels that keep every element in its place: the same numbers by another shape. */
export const aliasKernels: ReadonlySet<string> = new Set(
  [...kernels.values()].filter(({ work }) => work === 'nothing').map(({ name }) => name),
);

/** The kernels that are no work of TensorFlow.js's, and run as calls of plain JavaScript. */
export const hostKernels: ReadonlySet<string> = new Set(
  [...kernels.values()].filter(({ host }) => host !== undefined).map(({ name }) => name),
);
