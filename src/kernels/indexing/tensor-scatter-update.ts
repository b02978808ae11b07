/** An array with updates in the place of what stood there. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';
import { asRows, drawnRows, owedByRow, putAt } from './rows.js';

export const tensorScatterUpdate: Kernel = {
  name: 'TensorScatterUpdate',
  work: 'scatter',
  shape: ({ tensor }) => tensor,
  vjp: {
    tensor: ({ dy, at }) => putAt(dy, asRows(at('indices')), tf.zerosLike(at('updates'))),
    updates: ({ dy, at }) =>
      at('updates').size === 0
        ? tf.zerosLike(at('updates'))
        : tf.reshape(owedByRow(dy, asRows(at('indices'))), at('updates').shape),
  },
  batch: (site) => putAt(site.spread('tensor'), drawnRows(site, 'indices'), site.spread('updates')),
};
