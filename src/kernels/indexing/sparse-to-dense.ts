/** One number everywhere but at some places, which have values of their own. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { numbers } from '../../graph/attributes.js';
import type { ElementSite } from '../../code/javascript/element-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import type { AdjointSite, BatchRule, Kernel } from '../kernel.js';
import { type Put, putElement, putWhole, rowsInOnnx, rowsOf } from './places.js';
import { asRows, drawnRows, owedByRow, putAt } from './rows.js';

/** One number stands for a value at every place. */
const valuesOwed = ({ dy, at }: AdjointSite): Tensor => {
  const values = at('sparseValues');
  const owed = owedByRow(dy, asRows(at('sparseIndices')));
  return values.rank === 0 ? tf.sum(owed) : tf.reshape(owed, values.shape);
};

const defaultOwed = ({ dy, at }: AdjointSite): Tensor => {
  const rows = asRows(at('sparseIndices'));
  const rest = putAt(dy, rows, tf.zeros(rows.shape.slice(0, -1)));
  return tf.reshape(tf.sum(rest), at('defaultValue').shape);
};

/** Draws may differ in what stands everywhere, so it is laid out first. */
const batch: BatchRule = (site) => {
  const { size, spread, attributes } = site;
  const shape = numbers(attributes['outputShape']);
  const rows = drawnRows(site, 'sparseIndices');
  const given = tf.reshape(spread('defaultValue'), [size, ...shape.map(() => 1)]);
  const values = spread('sparseValues');
  const each = values.rank === 1 ? tf.reshape(values, [size, 1]) : values;
  return putAt(
    tf.broadcastTo(given, [size, ...shape]),
    rows,
    tf.broadcastTo(each, rows.shape.slice(0, -1)),
  );
};

const onnx: Translation = (site) => {
  const { b, at, value, out } = site;
  const rest = b.op('Expand', [at('defaultValue'), b.ints(out.shape)]);
  const count = value('sparseIndices').shape[0] ?? 1;
  const values = b.op('Expand', [at('sparseValues'), b.ints([count])]);
  return b.op('ScatterND', [rest, rowsInOnnx(site, 'sparseIndices'), values]);
};

const putIn = ({ read, value }: Pick<ElementSite, 'read' | 'value'>): Put => ({
  rows: rowsOf({ read, value }, 'sparseIndices'),
  elsewhere: (block) => read(block, 'defaultValue', []),
  update: (block, at) =>
    read(block, 'sparseValues', at.slice(0, value('sparseValues').shape.length)),
});

export const sparseToDense: Kernel = {
  name: 'SparseToDense',
  work: 'scatter',
  canonical: ({ outputShape }) => ({ outputShape: numbers(outputShape) }),
  shape: ({ sparseValues }, { outputShape }) =>
    sparseValues && { shape: numbers(outputShape), dtype: sparseValues.dtype },
  vjp: { sparseValues: valuesOwed, defaultValue: defaultOwed },
  batch,
  onnx,
  element: (site, block, index) => putElement(putIn(site), block, index),
  whole: (site, code) => putWhole(putIn(site), site, code),
};
