/** Laplace's law as a family of a user's own, with the rights of the library's: no import but the package. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  adam,
  derive,
  elbo,
  fit,
  independent,
  key,
  normal,
  observe,
  param,
  paramValues,
  positive,
  program,
  real,
  rowsOf,
  sample,
  showFitError,
  simulate,
  svi,
} from 'marginalia';
import { explainNonFinite, showNonFinite } from 'marginalia/diagnostics';
import {
  type Family,
  argumentsOf,
  baseNoise,
  distribution,
  imageUnder,
  isOf,
} from 'marginalia/distributions';
import type { EngineOptions } from 'marginalia/inference';
import { lint } from 'marginalia/lint';
import { type TensorLike, asTensor, choose, less } from 'marginalia/tensors';
import {
  checkClosedFormKl,
  checkDistribution,
  checkParticles,
  checkSiteDistributions,
} from 'marginalia/testing/laws';

type LocationScale = { readonly loc: Tensor; readonly scale: Tensor };

const family: Family<LocationScale> = {
  name: 'Laplace',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => laplace(loc, scale),
};

const laplace = (loc: TensorLike, scale: TensorLike) => {
  const [m, s] = [asTensor(loc), asTensor(scale)];
  const standard = { name: 'standard' };
  return distribution({
    family,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('laplace', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel'), baseNoise('uniform')],
      draw: ([g = tf.scalar(0), u = tf.scalar(0)]) => {
        const far = tf.exp(tf.neg(g));
        const x = choose(less(u, tf.scalar(0.5)), tf.neg(far), far);
        return { value: tf.add(m, tf.mul(s, x)), preimage: { map: standard, x, eventRank: 0 } };
      },
    },
    logProb: (z, preimage) => {
      const x = imageUnder(standard, preimage) ?? tf.div(tf.sub(z, m), s);
      return tf.neg(tf.add(tf.abs(x), tf.log(tf.mul(s, 2))));
    },
    mean: () => m,
    variance: () => tf.mul(tf.square(s), 2),
    entropy: () => tf.add(tf.log(s), 1 + Math.LN2),
    klTo: (p) => (isOf(p, family) ? divergence({ loc: m, scale: s }, p.parameters) : undefined),
  });
};

const divergence = (q: LocationScale, p: LocationScale): Tensor => {
  const gap = tf.abs(tf.sub(q.loc, p.loc));
  const ratio = tf.div(q.scale, p.scale);
  const near = tf.mul(ratio, tf.exp(tf.neg(tf.div(gap, q.scale))));
  return tf.sub(tf.add(tf.div(gap, p.scale), near), tf.add(tf.log(ratio), 1));
};

const told = (run: () => unknown): string => {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

// The laws of a distribution, of its divergence and of a site that has it.
checkDistribution(() => laplace([0, 3], [1, 0.5]));
checkClosedFormKl({ q: () => laplace(1, 2), p: () => laplace([0, 1], 1) });
const vector = (loc: TensorLike, scale: TensorLike): Distribution =>
  independent(laplace(loc, scale));
checkClosedFormKl({ q: () => vector([1, 0], [2, 1]), p: () => vector([0, 0], [1, 1]) });
const model = (x: Tensor) =>
  program(function* () {
    const z = yield* sample('z', independent(laplace([0, 0], 1)));
    yield* observe('x', independent(normal(z, 0.5)), x);
  });
const guide = program(function* () {
  const loc = yield* param('loc', [0.5, 0]);
  const scale = yield* param('scale', [1, 1], { support: positive });
  yield* sample('z', independent(laplace(loc, scale)));
});
const x = tf.tensor1d([2, -1]);
checkParticles({ model: model(x), guide });
checkSiteDistributions({ model: model(x), guide });
const wrong = sample('z', { ...vector([0, 0], [1, 1]), entropy: () => tf.scalar(1) });
console.log(told(() => checkSiteDistributions({ model: model(x), guide: wrong })).slice(0, 45));

// A closed form inside of independent, the same steps in every executor, and nothing to advise.
console.log(derive(model(x), guide, elbo()).latents[0]?.divergence);
console.log(lint(model(x), guide, elbo()).length);
const inference = svi({
  model: (row: Tensor) => model(tf.reshape(row, [2])),
  guide: () => guide,
  objective: elbo(),
  optimizer: adam(0.05),
});
const scaleAfter = async (options: EngineOptions): Promise<string> => {
  const fitted = await fit({
    svi: inference,
    data: rowsOf(Float32Array.of(2, -1), [2]),
    batchSize: 1,
    length: { steps: 20 },
    key: key(3),
    ...options,
  })();
  if (fitted._tag === 'Left') throw new Error(showFitError(fitted.left));
  return String(paramValues(fitted.right.state)['scale']?.arraySync());
};
const interpreted = await scaleAfter({ engine: 'eager' });
const compiled = await scaleAfter({ engine: 'compiled', executor: 'javascript' });
const near = (a: string, b: string): boolean =>
  a.split(',').every((n, i) => Math.abs(Number(n) - Number(b.split(',')[i])) < 1e-4);
console.log(near(interpreted, compiled), near(interpreted, '1,1'));

// Arguments and infinities are told by the names that the family gives.
console.log(told(() => laplace(0, -1)));
console.log(told(() => simulate(sample('z', laplace(0, tf.scalar(-1))), { key: key(0) })));
const unbounded = svi({
  model: () => sample('z', normal(0, 1)),
  guide: () =>
    program(function* () {
      yield* sample('z', laplace(yield* param('loc', 0), yield* param('scale', 1)));
    }),
  objective: elbo(),
  optimizer: adam(0.1),
});
const start = unbounded.init(key(0));
const spoilt = { ...start, params: { ...start.params, scale: tf.scalar(-1) } };
const found = explainNonFinite(unbounded, spoilt, undefined);
console.log(found === undefined ? 'finite' : showNonFinite(found).slice(0, 140));
