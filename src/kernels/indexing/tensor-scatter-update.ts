/** An array with updates in the place of what stood there. */
import * as tf from '@tensorflow/tfjs';
import type { ElementSite } from '../../code/javascript/element-rule.js';
import type { Kernel } from '../kernel.js';
import { type Put, putElement, putWhole, rowsInOnnx, rowsOf } from './places.js';
import { asRows, drawnRows, owedByRow, putAt } from './rows.js';

const putIn = (site: Pick<ElementSite, 'read' | 'value'>): Put => ({
  rows: rowsOf(site, 'indices'),
  elsewhere: (block, index) => site.read(block, 'tensor', index),
  update: (block, at, rest) => site.read(block, 'updates', [...at, ...rest]),
});

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
  onnx: (site) =>
    site.b.op('ScatterND', [site.at('tensor'), rowsInOnnx(site, 'indices'), site.at('updates')]),
  element: (site, block, index) => putElement(putIn(site), block, index),
  whole: (site, code) => putWhole(putIn(site), site, code),
};
