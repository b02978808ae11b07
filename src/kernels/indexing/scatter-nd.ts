/** Zeros to which updates are added at their places. */
import * as tf from '@tensorflow/tfjs';
import { numbers } from '../../compile/attributes.js';
import type { Kernel } from '../kernel.js';
import { asRows, drawnRows, takenAt } from './rows.js';

export const scatterNd: Kernel = {
  name: 'ScatterNd',
  work: 'scatter',
  canonical: ({ shape }) => ({ shape: numbers(shape) }),
  shape: ({ updates }, { shape }) => updates && { shape: numbers(shape), dtype: updates.dtype },
  vjp: {
    updates: ({ dy, at }) =>
      at('updates').size === 0
        ? tf.zerosLike(at('updates'))
        : tf.reshape(takenAt(dy, asRows(at('indices'))), at('updates').shape),
  },
  batch: (site) =>
    site.again(
      { indices: drawnRows(site, 'indices'), updates: site.spread('updates') },
      { shape: [site.size, ...numbers(site.attributes['shape'])] },
    ),
};
