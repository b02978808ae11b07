import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { baseNoise } from '../../tensors/noise.js';
import { besselRatio, besselRest, logI0e } from '../../numerics/bessel-function.js';
import { angleAfter, logVonMises, shareBetweenAngles } from '../../numerics/shares/von-mises.js';
import { type Circle, circle, nonnegative, real } from '../../supports/index.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { withoutGradient } from '../../tensors/gradient.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

type VonMisesParameters = { readonly loc: Tensor; readonly concentration: Tensor };

export const vonMisesFamily: Family<VonMisesParameters> = {
  name: 'VonMises',
  axes: { loc: 0, concentration: 0 },
  of: ({ loc, concentration }) => vonMises(loc, concentration),
};

const PI = Math.fround(Math.PI);

/** x within [−π, π], whole turns off it, which have no slope. */
const wrapped = (x: Tensor): Tensor => {
  const turns = withoutGradient([x], ([v = x]) =>
    tf.floor(tf.div(tf.add(v, Math.PI), 2 * Math.PI)),
  );
  const angle = tf.sub(x, tf.mul(turns, 2 * Math.PI));
  const below = choose(greater(angle, tf.scalar(PI)), tf.scalar(PI), angle);
  return choose(less(below, tf.scalar(-PI)), tf.scalar(-PI), below);
};

/** 2 sin²(x / 2), which is 1 − cos x without its cancellation. */
const fall = (x: Tensor): Tensor => tf.mul(tf.square(tf.sin(tf.mul(x, 0.5))), 2);

/**
 * KL(q ‖ p): log(I₀(κ′) / I₀(κ)) + κ A − κ′ A cos(μ − μ′) with primes for p and A = I₁(κ) / I₀(κ), by what each of them
 * leaves of its largest value.
 */
const klVonMises = (q: VonMisesParameters, p: VonMisesParameters): Tensor => {
  const [own, other] = [q.concentration, p.concentration];
  const normalisers = tf.sub(logI0e(other), logI0e(own));
  const spread = tf.mul(tf.sub(other, own), besselRest(own));
  const apart = tf.mul(tf.mul(other, besselRatio(own)), fall(tf.sub(q.loc, p.loc)));
  return tf.add(tf.add(normalisers, spread), apart);
};

/**
 * The von Mises distribution of angles about `loc`: the normal law's counterpart on the circle, with `concentration`
 * for the inverse of its variance, and even all around where that is 0.
 *
 * log p(z) = κ cos(z − loc) − log 2π I₀(κ), in nats, for z from −π to π and −∞ outside, with κ for `concentration`.
 *
 * - Shapes: batch is `loc` and `concentration` broadcast; an event is one angle.
 * - Gradient: pathwise, z = loc + y, whole turns off it, with y the quantile of a uniform number for `loc` 0 in double
 *   precision, and its slope in κ by the implicit function theorem. It is right for what goes on where the circle
 *   closes, as functions of cos z and sin z do; what jumps between −π and π has a slope that no draw sees.
 * - Edges: `loc` may be any angle, whole turns do nothing. Tensors of a concentration below 0 give NaN. E cos(z − loc) is
 *   `besselRatio(concentration)`; mean and variance of the number z are left out, for they are none of the angle. Second
 *   derivatives in the concentration of draws, `cdf` and `icdf` are NaN.
 * - Source: Mardia and Jupp, Directional Statistics, section 3.5.4; Figurnov et al. 2018, arXiv:1805.08498.
 *
 * @example
 * ```ts
 * vonMises(1, 0).logProb(tf.scalar(2)).dataSync()[0]; // -Math.log(2 * Math.PI)
 * vonMises(0, 2).logProb(tf.scalar(0)).dataSync()[0]; // -0.6618718
 * vonMises(0, 2).cdf?.(tf.scalar(0)).dataSync()[0]; // 0.5
 * ```
 */
export const vonMises = (
  loc: TensorLike,
  concentration: TensorLike,
): Distribution<Circle, 'pathwise'> => {
  const m = asTensor(loc);
  const k = asTensor(concentration);
  const centred = { name: 'centred' };
  const outside = (value: Tensor): Tensor =>
    tf.add(less(value, tf.scalar(-PI)), greater(value, tf.scalar(PI)));
  const middle = (): Tensor => wrapped(m);
  /** Where the circle is cut, seen from the middle. */
  const cut = (): Tensor => tf.sub(-Math.PI, middle());
  return distribution({
    family: vonMisesFamily,
    parameters: { loc: m, concentration: k },
    arguments: argumentsOf('vonMises', {
      loc: [loc, m, real],
      concentration: [concentration, k, nonnegative],
    }),
    support: circle,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => {
        const y = angleAfter(u, tf.scalar(-Math.PI), k);
        return {
          value: wrapped(tf.add(m, y)),
          preimage: { map: centred, x: y, eventRank: 0 },
        };
      },
    },
    logProb: (value, preimage) => {
      const y = imageUnder(centred, preimage);
      if (y) return logVonMises(y, k);
      return choose(outside(value), tf.scalar(-Infinity), logVonMises(tf.sub(value, m), k));
    },
    entropy: () => tf.add(tf.add(logI0e(k), tf.mul(k, besselRest(k))), Math.log(2 * Math.PI)),
    cdf: (value) => {
      const sound = choose(outside(value), tf.scalar(0), value);
      const share = shareBetweenAngles(cut(), tf.sub(sound, middle()), k);
      return choose(outside(value), greater(value, tf.scalar(0)), share);
    },
    icdf: (u) => wrapped(tf.add(middle(), angleAfter(u, cut(), k))),
    klTo: (p) =>
      isOf(p, vonMisesFamily) ? klVonMises({ loc: m, concentration: k }, p.parameters) : undefined,
  });
};
