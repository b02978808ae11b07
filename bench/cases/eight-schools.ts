/** Eight schools (Rubin 1981; Gelman et al., Bayesian Data Analysis, section 5.5), non-centred. */
import * as tf from '@tensorflow/tfjs';
import {
  adam,
  elbo,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  svi,
} from 'marginalia';
import { at } from '../contenders/arrays.js';
import type { EightSchoolsCase } from '../case.js';
import type { Batch, Study } from '../study.js';

const SCHOOLS = 8;
const EFFECTS = Float32Array.of(28, 8, -3, 7, -1, 1, 18, 12);
const ERRORS = Float32Array.of(15, 10, 16, 11, 9, 11, 10, 18);

const model = ([logTauLoc, logTauScale]: EightSchoolsCase['logTau'], batch: Batch) =>
  program(function* () {
    const mu = yield* sample('mu', normal(0, 5));
    const logTau = yield* sample('logTau', normal(logTauLoc, logTauScale));
    yield* plate(
      'schools',
      SCHOOLS,
      program(function* () {
        const t = yield* sample('t', normal(0, 1));
        const theta = tf.add(mu, tf.mul(tf.exp(logTau), t));
        yield* observe('y', normal(theta, at(batch, 'sigma')), at(batch, 'y'));
      }),
    );
  });

const factor = <const N extends string>(name: N) =>
  program(function* () {
    const loc = yield* param(`${name}/loc`, 0);
    const scale = yield* param(`${name}/scale`, 1, { support: positive });
    yield* sample(name, normal(loc, scale));
  });

const guide = program(function* () {
  yield* factor('mu');
  yield* factor('logTau');
  yield* plate('schools', SCHOOLS, factor('t'));
});

export const eightSchoolsStudy = (of: EightSchoolsCase): Study => ({
  inference: svi({
    model: (batch: Batch) => model(of.logTau, batch),
    guide: () => guide,
    objective: elbo(),
    optimizer: adam(of.rate),
  }),
  batches: () => [
    {
      y: { shape: [SCHOOLS], values: EFFECTS },
      sigma: { shape: [SCHOOLS], values: ERRORS },
    },
  ],
});
