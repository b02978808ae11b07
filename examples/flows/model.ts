/** Densities of points in the plane as flows of a normal law, learned by maximum likelihood. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  adam,
  cosineDecay,
  independent,
  normal,
  program,
  svi,
  transformed,
} from 'marginalia';
import {
  type Flow,
  affineCoupling,
  inverseAutoregressive,
  maskedAutoregressive,
  planar,
  splineCoupling,
  stacked,
} from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

const vectors = { dim: 2, hidden: [32, 32], activation: 'tanh' } as const;
const spline = { bins: 8, bound: 3 };

/** Each kind of flow, in as many layers as it takes. */
export const flows: Readonly<Record<string, Program<unknown, Flow>>> = {
  planar: stacked(12, (i) => planar(`flow/${i}`, { dim: 2 })),
  'affine coupling': stacked(4, (i) => affineCoupling(`flow/${i}`, vectors)),
  'spline coupling': stacked(2, (i) => splineCoupling(`flow/${i}`, { ...vectors, ...spline })),
  'masked autoregressive': stacked(4, (i) => maskedAutoregressive(`flow/${i}`, vectors)),
  'masked, of splines': stacked(2, (i) =>
    maskedAutoregressive(`flow/${i}`, { ...vectors, spline }),
  ),
  'inverse autoregressive': stacked(3, (i) => inverseAutoregressive(`flow/${i}`, vectors)),
};

/** The law of f(z), z ~ N(0, I). */
const lawOf = (flow: Program<unknown, Flow>) =>
  program(function* () {
    return transformed(independent(normal([0, 0], 1)), yield* flow);
  });

/** log q(x), one for each row. */
export const logDensity = (flow: Program<unknown, Flow>, x: Tensor) =>
  program(function* () {
    return (yield* lawOf(flow)).logProb(x);
  });

/** Minimises the mean of −log q over points, which is the entropy of their law where q is that law. */
export const learned = (flow: Program<unknown, Flow>, steps: number) =>
  svi({
    ...minimize((x: Tensor) =>
      program(function* () {
        return tf.neg(tf.mean(yield* logDensity(flow, x)));
      }),
    ),
    optimizer: adam(cosineDecay(1e-2, steps)),
  });
