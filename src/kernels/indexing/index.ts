/** Elements found, put and counted by their numbers. */
import type { Kernel } from '../kernel.js';
import { bincount } from './bincount.js';
import { denseBincount } from './dense-bincount.js';
import { gatherNd } from './gather-nd.js';
import { gatherV2 } from './gather-v2.js';
import { oneHot } from './one-hot.js';
import { scatterNd } from './scatter-nd.js';
import { searchSorted } from './search-sorted.js';
import { sparseToDense } from './sparse-to-dense.js';
import { tensorScatterUpdate } from './tensor-scatter-update.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

export const indexing: readonly Kernel[] = [
  bincount,
  denseBincount,
  gatherNd,
  gatherV2,
  oneHot,
  scatterNd,
  searchSorted,
  sparseToDense,
  tensorScatterUpdate,
  unsortedSegmentSum,
];
