/** eˣ over its sum along the last axis. */
import * as tf from '@tensorflow/tfjs';
import { type Block, largest, sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Index, flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { FEW_TERMS } from '../../code/onnx/long-sums.js';
import type { Kernel } from '../kernel.js';
import { eachLine } from '../reach.js';

/** In double precision where there is much to add. */
const shares: Translation = ({ b, at, value }) => {
  const exact = (value('logits').shape.at(-1) ?? 1) > FEW_TERMS;
  const x = exact ? cast(b, at('logits'), 'float64') : at('logits');
  const made = b.op('Softmax', [x], { axis: { int: -1 } });
  return exact ? cast(b, made, 'float32') : made;
};

const element: ElementRule = ({ read, value }, block, index) => {
  const { shape } = value('logits');
  const last = shape.length - 1;
  const logit = (b: Block, k: Index): string => read(b, 'logits', index.with(last, k));
  const extents = [shape[last] ?? 1];
  const top = block.fold(largest, extents, ([k = 0], b) => logit(b, k));
  const total = block.fold(sum, extents, ([k = 0], b) =>
    b.name(`Math.exp(${logit(b, k)} - ${top})`),
  );
  return block.name(`(Math.exp(${logit(block, index[last] ?? 0)} - ${top}) / ${total})`);
};

/** The largest logit and the sum are found once a row, not once an element. */
const whole: WholeRule = ({ read, value, store }, code) => {
  const { shape } = value('logits');
  const last = shape.length - 1;
  const count = shape[last] ?? 1;
  nest(code, shape.with(last, 1), (index) => {
    const logit = (k: string): string => read(blockIn(code), 'logits', index.with(last, k));
    const along = (body: (k: string) => void): void => {
      const k = code.fresh('i');
      code.lines.push(`for (let ${k} = 0; ${k} < ${count}; ${k}++) {`);
      body(k);
      code.lines.push('}');
    };
    const [top, total] = [code.fresh('s'), code.fresh('s')];
    code.lines.push(`let ${top} = -Infinity, ${total} = 0;`);
    along((k) => code.lines.push(`${top} = Math.max(${top}, ${logit(k)});`));
    along((k) => code.lines.push(`${total} += Math.exp(${logit(k)} - ${top});`));
    along((k) =>
      store(flatten(index.with(last, k), shape), `Math.exp(${logit(k)} - ${top}) / ${total}`),
    );
  });
};

export const softmax: Kernel = {
  name: 'Softmax',
  work: 'lines',
  canonical: (_, { logits }) => ({ dim: (logits?.shape.length ?? 1) - 1 }),
  shape: ({ logits }) => logits,
  reach: eachLine,
  vjp: {
    logits: ({ dy, y }) => {
      const product = tf.mul(dy, y);
      return tf.sub(product, tf.mul(y, tf.sum(product, -1, true)));
    },
  },
  batch: ({ at, again }) => again({ logits: at('logits') }, { dim: at('logits').rank - 1 }),
  onnx: shares,
  element: element,
  whole: whole,
  cost: 'exponential',
};
