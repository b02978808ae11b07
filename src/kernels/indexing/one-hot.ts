/** For each index a row with one number at its place and another elsewhere. */
import { numberOf } from '../../graph/attributes.js';
import type { DType } from '../../graph/graph.js';
import { literal } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import { converted } from '../../code/onnx/casting.js';
import type { Kernel } from '../kernel.js';

const typeOf = (dtype: unknown): DType =>
  dtype === 'float32' || dtype === 'bool' ? dtype : 'int32';

const onnx: Translation = ({ b, at, attributes, value, out }) => {
  const depth = numberOf(attributes['depth'], 1);
  const classes = b.constant(
    'int32',
    [depth],
    Array.from({ length: depth }, (_, i) => i),
  );
  const hit = b.op('Equal', [
    b.op('Unsqueeze', [at('indices'), b.ints([value('indices').shape.length])]),
    classes,
  ]);
  const chosen = b.op('Where', [
    hit,
    b.scalar(numberOf(attributes['onValue'], 1)),
    b.scalar(numberOf(attributes['offValue'], 0)),
  ]);
  return converted(b, chosen, 'float32', out.dtype);
};

const element: ElementRule = ({ read, attributes }, block, index) => {
  const hit = read(block, 'indices', index.slice(0, -1));
  const on = literal(numberOf(attributes['onValue'], 1));
  const off = literal(numberOf(attributes['offValue'], 0));
  return block.name(`(${hit} === ${index.at(-1) ?? 0} ? ${on} : ${off})`);
};

export const oneHot: Kernel = {
  name: 'OneHot',
  work: 'move',
  canonical: ({ depth, onValue, offValue, dtype }) => ({
    depth: numberOf(depth, 1),
    onValue: numberOf(onValue, 1),
    offValue: numberOf(offValue, 0),
    dtype: typeOf(dtype),
  }),
  shape: ({ indices }, { depth, dtype }) =>
    indices && { shape: [...indices.shape, numberOf(depth, 1)], dtype: typeOf(dtype) },
  vjp: 'zero',
  batch: ({ at, again, attributes }) => again({ indices: at('indices') }, attributes),
  onnx,
  element,
};
