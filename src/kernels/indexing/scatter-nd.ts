/** Zeros to which updates are added at their places. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numbers } from '../../graph/attributes.js';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import type { Kernel } from '../kernel.js';
import { isAt, rowsInOnnx, rowsOf } from './places.js';
import { asRows, drawnRows, takenAt } from './rows.js';
import { addedAt } from './sums.js';

const onnx: Translation = (site) => {
  const { at, value, out } = site;
  if (out.dtype === 'bool') return undefined;
  const count = sizeOf(value('indices').shape);
  return addedAt(site.b, out, rowsInOnnx(site, 'indices'), at('updates'), count);
};

const element: ElementRule = (site, block, index) => {
  const { lead, depth, row } = rowsOf(site, 'indices');
  return block.fold(sum, lead, (at, b) => {
    const update = site.read(b, 'updates', [...at, ...index.slice(depth)]);
    return b.name(`(${isAt(row(b, at), index)} ? ${update} : 0)`);
  });
};

/** One pass over the updates. */
const whole: WholeRule = (site, code) => {
  const { read, out, doubles, store } = site;
  const { lead, depth, row } = rowsOf(site, 'indices');
  const totals = doubles(sizeOf(out.shape));
  code.lines.push(`${totals}.fill(0);`);
  nest(code, lead, (at) => {
    const place = row(blockIn(code), at);
    nest(code, out.shape.slice(depth), (rest) => {
      const update = read(blockIn(code), 'updates', [...at, ...rest]);
      code.lines.push(`${totals}[${flatten([...place, ...rest], out.shape)}] += ${update};`);
    });
  });
  nest(code, [sizeOf(out.shape)], ([i = 0]) => store(i, `${totals}[${i}]`));
};

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
  onnx,
  element,
  whole,
};
