/** Linear-Gaussian models under every objective: draws that carry a gradient. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Svi,
  type Tensor,
  elbo,
  iwae,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { measureValued, scoreFunction } from 'marginalia/estimators';
import {
  betaElbo,
  cubo,
  eubo,
  gaussianKernel,
  infoVae,
  inverseMultiquadric,
  paramsIn,
  penalized,
  renyi,
  reweightedWakeSleep,
  sleepPhi,
  tailAdaptive,
  valuesIn,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import { type At, type RecordedCase, recordedCase } from '../recorded-case.js';
import { wave } from '../wave.js';

const ROWS = 4;

/** A latent number above the rows, and one in each. */
const nested = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const slope = yield* param('slope', 0.7);
        const noise = yield* param('noise', 0.8, { support: positive });
        const z = yield* sample('z', normal(0.3, 1));
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const w = yield* sample('w', normal(tf.mul(slope, z), 0.9));
            yield* observe('x', normal(w, noise), x);
          }),
        );
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('loc', 0.2);
        const scale = yield* param('scale', 0.6, { support: positive });
        const gain = yield* param('gain', 0.4);
        const spread = yield* param('spread', 0.5, { support: positive });
        const z = yield* sample('z', normal(loc, scale));
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const shift = yield* param('shift', 0.1);
            yield* sample('w', normal(tf.add(tf.mul(gain, z), shift), spread));
          }),
        );
      }),
    objective,
    optimizer: sgd(0.1),
  });

const amortised = (x: Tensor) =>
  program(function* () {
    const weight = yield* param('weight', 0.5);
    const bias = yield* param('bias', 0.2);
    const scale = yield* param('scale', 0.7, { support: positive });
    yield* plate(
      'rows',
      ROWS,
      program(function* () {
        yield* sample('z', normal(tf.add(tf.mul(weight, x), bias), scale));
      }),
    );
  });

/** A latent number in each row, whose guide looks at the row. */
const rows = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const prior = yield* param('prior', 0.3);
        const slope = yield* param('slope', 1.2);
        const noise = yield* param('noise', 0.8, { support: positive });
        yield* plate(
          'rows',
          ROWS,
          program(function* () {
            const z = yield* sample('z', normal(prior, 1));
            yield* observe('x', normal(tf.mul(slope, z), noise), x);
          }),
        );
      }),
    guide: amortised,
    objective,
    optimizer: sgd(0.1),
  });

const under =
  (kind: string, inference: (objective: Objective) => Svi<Tensor>) =>
  (name: string, objective: Objective, at: At = {}): RecordedCase =>
    recordedCase(
      `${kind}: ${name}`,
      () => ({ svi: inference(objective), batch: wave([ROWS]) }),
      at,
    );

const ofNested = under('nested Gaussians', nested);
const ofRows = under('rows of Gaussians', rows);

export const linearGaussian: readonly RecordedCase[] = [
  ofNested('elbo', elbo()),
  ofNested(
    'elbo of sampled divergences, 7 particles',
    elbo({ closedFormKl: 'never', particles: 7 }),
  ),
  ofNested('elbo that lands', elbo({ gradient: 'stickingTheLanding' })),
  ofNested('elbo that lands, 5 particles', elbo({ gradient: 'stickingTheLanding', particles: 5 })),
  ofNested(
    'elbo by scores, 6 particles',
    elbo({
      particles: 6,
      estimators: { z: scoreFunction(), w: scoreFunction() },
    }),
  ),
  ofNested(
    'elbo by weak derivatives, 2 particles',
    elbo({
      particles: 2,
      estimators: { z: measureValued(), w: measureValued() },
    }),
  ),
  ofNested('iwae, 5 particles', iwae({ particles: 5 })),
  ofNested('annealed β-ELBO at step 3', betaElbo({ beta: (step) => tf.div(tf.add(step, 1), 7) }), {
    step: 3,
  }),
  ofNested('varGrad, 4 particles', varGrad({ particles: 4 })),
  ofRows('elbo, 3 particles', elbo({ particles: 3 })),
  ofRows(
    'iwae, doubly reparameterised, 5 particles',
    iwae({
      particles: 5,
      gradient: 'doublyReparameterised',
    }),
  ),
  ofRows('renyi of order 0.5, 4 particles', renyi({ alpha: 0.5, particles: 4 })),
  ofRows(
    'renyi of order −0.5, doubly reparameterised, 6 particles',
    renyi({
      alpha: -0.5,
      particles: 6,
      gradient: 'doublyReparameterised',
    }),
  ),
  ofRows('cubo, 5 particles', cubo({ particles: 5 })),
  ofRows('cubo of order 3, 7 particles', cubo({ particles: 7, order: 3 })),
  ofRows('eubo, 4 particles', eubo({ particles: 4 })),
  ofRows('vimco, 4 particles', vimco({ particles: 4 })),
  ofRows('tail-adaptive, 6 particles', tailAdaptive({ particles: 6 })),
  ofRows('wake θ, 4 particles', wakeTheta({ particles: 4 })),
  ofRows('wake φ, 4 particles', wakePhi({ particles: 4 })),
  ofRows('reweighted wake-sleep, 5 particles', reweightedWakeSleep({ particles: 5 })),
  ofRows('sleep φ', sleepPhi({ guide: ({ x = tf.zeros([ROWS]) }) => amortised(x) })),
  ofRows('β-ELBO, 3 particles', betaElbo({ beta: { z: 4 }, particles: 3 })),
  ofRows('infoVae', infoVae({ lambda: 10, kernel: inverseMultiquadric(5) })),
  ofRows(
    'infoVae with half a divergence, 2 particles',
    infoVae({
      lambda: 3,
      alpha: 0.5,
      kernel: gaussianKernel(1),
      particles: 2,
    }),
  ),
  ofRows(
    'penalised elbo',
    penalized(elbo(), {
      decay: (joint) => tf.square(paramsIn(joint, 'weight').weight),
      activity: (joint) => tf.sum(tf.abs(valuesIn(joint, 'guide', 'z').z)),
    }),
  ),
];
