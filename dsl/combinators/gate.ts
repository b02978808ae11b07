/** The chance of a zero beside those of a law of counts, which zero inflation and hurdles add. */
import * as tf from '@tensorflow/tfjs';
import { type Argument, argumentsOf } from '../checks/argument.js';
import { probability } from '../checks/domain.js';
import type { Distribution } from '../law/distribution.js';
import { logChance, logOther, logSigmoid } from '../numerics/special.js';
import { demand, showReceived } from '../refusals/options.js';
import { real } from '../supports/index.js';
import { isIntegers } from '../supports/integers.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';

/** The chance of a zero from the gate, as a probability or as log odds. */
export type Gate = { readonly gate: TensorLike } | { readonly gateLogits: TensorLike };

export interface GateChances {
  readonly parameters: { readonly gate?: Tensor; readonly gateLogits?: Tensor };
  readonly arguments: readonly Argument[];
  /** The chance of a zero from the gate, of a count from the law, and their logarithms. */
  readonly on: Tensor;
  readonly off: Tensor;
  readonly logOn: Tensor;
  readonly logOff: Tensor;
}

/** The chances of a gate; `who` asks, for the messages. */
export const gateChances = (who: string, given: Gate): GateChances => {
  const received: unknown = given;
  const has = (name: string): boolean =>
    typeof received === 'object' && received !== null && name in received;
  demand(
    has('gate') !== has('gateLogits'),
    who,
    '{ gate } or { gateLogits }',
    has('gate') ? 'both' : showReceived(received),
    'write { gate: 0.2 } for a chance of a zero beside those of the law',
  );
  if ('gateLogits' in given) {
    const logits = asTensor(given.gateLogits);
    const other = tf.neg(logits);
    return {
      parameters: { gateLogits: logits },
      arguments: argumentsOf(who, { gateLogits: [given.gateLogits, logits, real] }),
      on: tf.sigmoid(logits),
      off: tf.sigmoid(other),
      logOn: logSigmoid(logits),
      logOff: logSigmoid(other),
    };
  }
  const gate = asTensor(given.gate);
  return {
    parameters: { gate },
    arguments: argumentsOf(who, { gate: [given.gate, gate, probability] }),
    on: gate,
    off: tf.sub(1, gate),
    logOn: logChance(gate),
    logOff: logOther(gate),
  };
};

/** Throws where a law is none of counts, or where a mask leaves out some of them. */
export const checkCounts = (who: string, base: Distribution): void => {
  demand(
    isIntegers(base.support) && base.support.low === 0 && base.eventShape.length === 0,
    who,
    'a law of counts, whole numbers from 0 up',
    `one on ${base.support.name}`,
    'give poisson(3), say',
  );
  demand(
    base.unmasked === undefined,
    who,
    'a law whose every count has its chance',
    'a masked one',
    `mask the whole: mask(${who}(…), keep)`,
  );
};
