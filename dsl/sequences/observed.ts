/** The observations of a chain: what each state gives a series, and a series of the states of a path. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../law/distribution.js';
import { choose, equal } from '../tensors/comparison.js';
import { dropLast } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import type { Chain } from './chain.js';

export interface Observed {
  /** log p of each step given each state, `[..., steps, states]`, of a series `[..., steps, ...event]`. */
  readonly logsOf: (series: Tensor) => Tensor;
  /** The series of a path `[..., steps]` by the noise of all states at all steps. */
  readonly drawAlong: (path: Tensor, noise: readonly Tensor[]) => Tensor;
  /** A moment of each state's law, `[..., steps or 1, states, ...event]`. */
  readonly ofStates: (moment: Tensor) => Tensor;
}

/** An axis moved, the others in their order. */
const moveAxis = (x: Tensor, from: number, to: number): Tensor => {
  const others = x.shape.map((_, i) => i).filter((i) => i !== from);
  return from === to ? x : tf.transpose(x, others.toSpliced(to, 0, from));
};

/** With axes of length 1 on the left, up to a rank. */
const ofRank = (x: Tensor, rank: number): Tensor =>
  x.rank >= rank
    ? x
    : tf.reshape(x, [...Array.from({ length: rank - x.rank }, () => 1), ...x.shape]);

/** The observations of a chain whose states' laws lie along the last batch axis of a law. */
export const observed = (
  law: Distribution,
  { steps, states, observationVaries }: Pick<Chain, 'steps' | 'states' | 'observationVaries'>,
): Observed => {
  const { batchShape, eventShape } = law;
  const rank = eventShape.length;
  // A law without an axis of steps, but with a batch, would take the steps for it: they go to the left.
  const isMoved = !observationVaries && batchShape.length > 1;
  const own = batchShape.length - (observationVaries ? 2 : 1);
  return {
    logsOf: (series) => {
      if (!isMoved) return law.logProb(tf.expandDims(series, series.rank - rank));
      const value = ofRank(series, own + 1 + rank);
      const left = value.rank - rank - 1;
      const logs = law.logProb(tf.expandDims(moveAxis(value, left, 0), left + 1));
      return moveAxis(logs, 0, logs.rank - 2);
    },
    drawAlong: (path, noise) => {
      const left = dropLast(path.shape, 1);
      const shape = [...left, steps, states, ...eventShape];
      const at = left.length;
      const all = isMoved
        ? moveAxis(
            expandTo(law.sampler.draw(noise.map((block) => moveAxis(block, at, 0))).value, [
              steps,
              ...left,
              states,
              ...eventShape,
            ]),
            0,
            at,
          )
        : expandTo(law.sampler.draw(noise).value, shape);
      const chosen = equal(tf.expandDims(path, -1), tf.range(0, states));
      const wide = tf.reshape(chosen, [...chosen.shape, ...eventShape.map(() => 1)]);
      return tf.sum(choose(wide, all, tf.scalar(0)), -1 - rank);
    },
    ofStates: (moment) => {
      const at = moment.rank - rank - (observationVaries ? 2 : 1);
      return observationVaries ? moment : tf.expandDims(moment, at);
    },
  };
};
