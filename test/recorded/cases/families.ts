/** Families whose draws carry a gradient in other ways: triangular maps, implicit, by a bijector. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Svi,
  type Tensor,
  bernoulli,
  beta,
  bijectors,
  categorical,
  dirichlet,
  elbo,
  expand,
  exponential,
  gamma,
  halfNormal,
  independent,
  iwae,
  logNormal,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  shared,
  studentT,
  svi,
  transformed,
  uniform,
} from 'marginalia';
import { halfCauchy, interval, lowerCholesky } from 'marginalia/distributions';
import { type RecordedCase, recordedCase } from '../recorded-case.js';
import { bits, wave } from '../wave.js';

/** Three weights with a full covariance, by its logarithmic diagonal. */
const fullCovariance = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const w = yield* sample('w', independent(expand(normal(0, 1.5), [3])));
        const noise = yield* param('noise', 0.9, { support: positive });
        const loadings = [
          [0.5, -0.2, 0.3],
          [0.1, 0.8, -0.4],
        ];
        yield* observe(
          'x',
          independent(
            normal(tf.sum(tf.mul(tf.expandDims(w, -2), tf.tensor2d(loadings)), -1), noise),
          ),
          x,
        );
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('loc', [0.2, -0.1, 0.4]);
        const logScale = yield* param('logScale', [-0.3, 0.1, -0.5]);
        const lower = yield* param('lower', [0.3, -0.2, 0.15]);
        yield* sample('w', multivariateNormal(loc, { logScale, lower }));
      }),
    objective,
    optimizer: sgd(0.1),
  });

/** The same guide by a factor that is a parameter, and a prior with a covariance of its own. */
const correlated = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const prior = yield* param(
          'prior',
          [
            [1, 0],
            [0.5, 1.2],
          ],
          { support: lowerCholesky },
        );
        const z = yield* sample('z', multivariateNormal([0.1, -0.2], { scaleTril: prior }));
        yield* observe('x', independent(normal(z, 0.7)), x);
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('loc', [0.3, 0.1]);
        const factor = yield* param(
          'factor',
          [
            [0.6, 0],
            [-0.3, 0.8],
          ],
          { support: lowerCholesky },
        );
        yield* sample('z', multivariateNormal(loc, { scaleTril: factor }));
      }),
    objective,
    optimizer: sgd(0.1),
  });

const rates = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        3,
        program(function* () {
          const rate = yield* sample('rate', gamma(2, 1.5));
          yield* observe('x', exponential(rate), x);
        }),
      ),
    guide: () =>
      plate(
        'rows',
        3,
        program(function* () {
          const concentration = yield* shared(
            param('concentration', [1.7, 0.6, 4.2], { support: positive }),
          );
          const rate = yield* param('inverse scale', 1.3, { support: positive });
          yield* sample('rate', gamma(concentration, rate));
        }),
      ),
    objective,
    optimizer: sgd(0.1),
  });

const chances = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const p = yield* sample('p', beta(2, 3));
        yield* plate('rows', 5, observe('x', bernoulli({ probs: p }), x));
      }),
    guide: () =>
      program(function* () {
        const a = yield* param('a', 1.6, { support: positive });
        const b = yield* param('b', 2.3, { support: positive });
        yield* sample('p', beta(a, b));
      }),
    objective,
    optimizer: sgd(0.1),
  });

const shares = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const p = yield* sample('p', dirichlet([1, 2, 1.5]));
        yield* plate('rows', 5, observe('x', categorical({ probs: p }), x));
      }),
    guide: () =>
      program(function* () {
        const concentration = yield* param('concentration', [2.2, 0.8, 1.1], {
          support: positive,
        });
        yield* sample('p', dirichlet(concentration));
      }),
    objective,
    optimizer: sgd(0.1),
  });

/** Heavy tails, half lines and intervals, with draws by bijectors. */
const bounded = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const degrees = yield* param('degrees', 4, { support: positive });
        const width = yield* param('width', 1.5, { support: interval(0.5, 4) });
        const location = yield* sample('location', studentT(degrees, 0, width));
        const deviation = yield* sample('deviation', halfCauchy(1));
        const share = yield* sample('share', uniform(0, 1));
        const more = yield* sample('more', halfNormal(2));
        yield* plate(
          'rows',
          4,
          observe('x', normal(tf.add(location, tf.mul(share, more)), deviation), x),
        );
      }),
    guide: () =>
      program(function* () {
        yield* sample('location', normal(yield* param('location/loc', 0.3), 0.6));
        yield* sample('deviation', logNormal(yield* param('deviation/loc', -0.2), 0.4));
        const logit = yield* param('share/logit', 0.25);
        yield* sample('share', transformed(normal(logit, 0.9), bijectors.sigmoidTo(0, 1)));
        const more = yield* param('more/loc', 0.1);
        yield* sample('more', transformed(normal(more, 0.5), bijectors.exp));
      }),
    objective,
    optimizer: sgd(0.1),
  });

const positiveWave = (shape: readonly number[]): Tensor => tf.exp(wave(shape));

const classes = (): Tensor => tf.tensor1d([0, 2, 1, 2, 0], 'int32');

export const families: readonly RecordedCase[] = [
  recordedCase('a full covariance: elbo', () => ({
    svi: fullCovariance(elbo()),
    batch: wave([2]),
  })),
  recordedCase('a full covariance: elbo that lands, 4 particles', () => ({
    svi: fullCovariance(elbo({ gradient: 'stickingTheLanding', particles: 4 })),
    batch: wave([2]),
  })),
  recordedCase('a full covariance: iwae, 5 particles', () => ({
    svi: fullCovariance(iwae({ particles: 5 })),
    batch: wave([2]),
  })),
  recordedCase('covariances by their factors: elbo', () => ({
    svi: correlated(elbo()),
    batch: wave([2]),
  })),
  recordedCase('covariances by their factors: iwae, doubly reparameterised, 3 particles', () => ({
    svi: correlated(iwae({ particles: 3, gradient: 'doublyReparameterised' })),
    batch: wave([2]),
  })),
  recordedCase('gammas: elbo', () => ({ svi: rates(elbo()), batch: positiveWave([3]) })),
  recordedCase('gammas: iwae, 4 particles', () => ({
    svi: rates(iwae({ particles: 4 })),
    batch: positiveWave([3]),
  })),
  recordedCase('a beta: elbo of sampled divergences, 3 particles', () => ({
    svi: chances(elbo({ closedFormKl: 'never', particles: 3 })),
    batch: bits([5]),
  })),
  recordedCase('a Dirichlet: elbo', () => ({ svi: shares(elbo()), batch: classes() })),
  recordedCase('a Dirichlet: iwae, 4 particles', () => ({
    svi: shares(iwae({ particles: 4 })),
    batch: classes(),
  })),
  recordedCase('bounded families: elbo', () => ({ svi: bounded(elbo()), batch: wave([4]) })),
  recordedCase('bounded families: iwae, 3 particles', () => ({
    svi: bounded(iwae({ particles: 3 })),
    batch: wave([4]),
  })),
];
