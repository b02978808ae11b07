/** Faults, each with the check that must find it. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  beta,
  block,
  elbo,
  exponential,
  factor,
  gamma,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
  stopGradient,
  uniform,
} from 'marginalia';
import { type Finding, type LintRule, lint } from 'marginalia/lint';
import { dense } from 'marginalia/nn';
import { wakeTheta } from 'marginalia/objectives';
import {
  pair,
  free,
  codes,
  encoded,
  batch,
  globalMean,
  effects,
  perRow,
  pooledModel,
  unvisited,
} from './programs.js';

export interface Fault {
  readonly name: string;
  readonly rule: LintRule;
  readonly site: string;
  readonly findings: () => readonly Finding[];
  readonly says: string | RegExp;
  /** What else is true of it. */
  readonly also?: readonly LintRule[];
}

export const faults: readonly Fault[] = [
  {
    name: 'an observation without yield*',
    rule: 'noObservations',
    site: 'model',
    findings: () => lint(unvisited, free(), elbo()),
    says: "only 'z': nothing is learned",
  },
  {
    name: 'nothing to train',
    rule: 'noParameters',
    site: 'model and guide',
    findings: () => lint(pair(), sample('z', normal(0.5, 0.7)), elbo()),
    says: 'neither has a parameter: nothing is trained',
  },
  {
    name: 'parameters that the objective does not train',
    rule: 'noParameters',
    site: 'model and guide',
    findings: () => lint(pair(), free(), wakeTheta({ particles: 2 })),
    says: "wakeTheta trains none of 'loc', 'scale'",
  },
  {
    name: 'a decoder of tf.layers',
    rule: 'strayVariable',
    site: "tf.variable 'kernel', 'bias'",
    findings: () => {
      const decoder = tf.layers.dense({ units: 1, inputShape: [1], name: 'decoder' });
      const model = program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const y = decoder.apply(tf.reshape(z, [1, 1]));
        if (y instanceof tf.Tensor) yield* observe('x', normal(tf.reshape(y, []), 1), 1);
      });
      decoder.build([1, 1]);
      const found = lint(model, free(), elbo());
      decoder.trainable = false;
      const frozen = lint(model, free(), elbo());
      decoder.weights.forEach((w) => w.dispose());
      // What says that it is a constant is none of this.
      return frozen.some((f) => f.rule === 'strayVariable') ? [] : found;
    },
    says: 'nothing trains it',
  },
  {
    name: 'a guide that reads data which the model does not score',
    rule: 'unreadBatch',
    site: 'batch',
    findings: () =>
      lint(
        () =>
          plate(
            'data',
            4,
            program(function* () {
              const z = yield* sample('z', normal(0, 1));
              yield* factor('penalty', tf.neg(tf.square(z)));
              observe('x', normal(z, 1), batch);
            }),
          ),
        encoded,
        elbo(),
        { batch },
      ),
    says: "the guide computes 'z' from it",
  },
  {
    name: 'a batch that is taken for the whole',
    rule: 'unscaledMinibatch',
    site: "plate 'data'",
    findings: () => lint(globalMean(4), () => free(), elbo(), { batch, rows: 400 }),
    says: "'z' outside it counts 100 times too much",
  },
  {
    name: 'a global factor beside a batch',
    rule: 'unscaledMinibatch',
    site: "plate 'data'",
    findings: () =>
      lint(
        (x: Tensor) =>
          program(function* () {
            yield* factor('prior', tf.scalar(-1));
            yield* codes(x);
          }),
        encoded,
        elbo(),
        { batch, rows: 40 },
      ),
    says: "'prior' outside it counts 10 times",
  },
  {
    name: 'effects of drawn rows beside data of others',
    rule: 'unalignedPlate',
    site: "site 'x'",
    findings: () => lint(effects(false), perRow, elbo(), { batch }),
    says: "'loc' has a value for each",
  },
  {
    name: 'a mean over the plate in the model',
    rule: 'pooledPlate',
    site: "site 'x'",
    findings: () =>
      lint(
        pooledModel((z) => tf.mean(z, -1, true)),
        encoded,
        elbo(),
        { batch },
      ),
    says: "in the model its elements depend on other elements of plate 'data'",
  },
  {
    name: 'neighbours in the guide',
    rule: 'pooledPlate',
    site: "site 'w'",
    findings: () => {
      const bits = (logits: (z: Tensor) => Tensor) =>
        plate(
          'data',
          4,
          program(function* () {
            const z = yield* sample('z', bernoulli({ logits: tf.fill([4], 0.3) }));
            const w = yield* sample('w', normal(logits(z), 1));
            return w;
          }),
        );
      return lint(
        bits((z) => z),
        bits((z) => tf.reverse(z, -1)),
        elbo(),
      );
    },
    says: 'in the guide its elements depend',
    also: ['noBaseline', 'noObservations', 'noParameters'],
  },
  {
    name: 'a hidden coin of the guide',
    rule: 'blockedDraw',
    site: "site 'c'",
    findings: () =>
      lint(
        pair(),
        block(
          program(function* () {
            const c = yield* sample('c', bernoulli({ logits: yield* param('logits', 0) }));
            yield* sample('z', normal(tf.mul(c, yield* param('loc', 1)), 1));
          }),
          ['c'],
        ),
        elbo(),
      ),
    says: "noise in the guide, or hidden there by block, and a draw of Bernoulli carries no gradient: 'logits'",
  },
  {
    name: 'a value beyond bounds that are computed',
    rule: 'impossibleObservation',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const a = yield* sample('a', gamma(2, 1));
          const wide = uniform(0, tf.add(tf.mul(a, 0), 1));
          yield* plate('data', 3, observe('x', wide, [0.5, 2, 0.1]));
        }),
        sample('a', gamma(2, 1)),
        elbo(),
      ),
    says: '1 observation of 3 with no finite log probability under Uniform, the first 2 with -Infinity',
    also: ['noParameters'],
  },
  {
    name: 'an exact zero under a beta',
    rule: 'outsideSupport',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const a = yield* sample('a', gamma(2, 1));
          yield* plate('data', 3, observe('x', beta(tf.add(a, 1), 2), [0.5, 0, 0.1]));
        }),
        sample('a', gamma(2, 1)),
        elbo(),
      ),
    says: '1 of its 3 numbers are none that Beta gives, the first 0:',
    also: ['noParameters'],
  },
  {
    name: 'grey pixels as bits',
    rule: 'outsideSupport',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* plate('pixels', 3, observe('x', bernoulli({ logits: z }), [0, 0.25, 1]));
        }),
        free(),
        elbo(),
      ),
    says: '1 of its 3 numbers are none that Bernoulli gives, the first 0.25',
  },
  {
    name: 'a negative waiting time',
    rule: 'outsideSupport',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const rate = yield* sample('rate', gamma(1, 1));
          yield* observe('x', exponential(rate), -1);
        }),
        sample('rate', gamma(1, 2)),
        elbo(),
      ),
    says: 'none that Exponential gives, the first -1',
    also: ['impossibleObservation', 'noParameters'],
  },
  {
    name: 'a logarithm of zero at the start',
    rule: 'notFinite',
    site: "site 'penalty'",
    findings: () =>
      lint(
        program(function* () {
          yield* pair();
          yield* factor('penalty', tf.log(yield* param('a', 0)));
        }),
        free(),
        elbo(),
      ),
    says: 'its term is not finite',
  },
  {
    name: 'an infinite slope at a finite value',
    rule: 'notFinite',
    site: "param 'a'",
    findings: () =>
      lint(
        program(function* () {
          const a = tf.sqrt(yield* param('a', 0));
          const z = yield* sample('z', normal(0, 1));
          yield* observe('x', normal(tf.add(z, a), 1), 1);
        }),
        free(),
        elbo(),
      ),
    says: 'its gradient is not finite',
  },
  {
    name: 'a parameter behind a stopped gradient',
    rule: 'untrainedParameter',
    site: "param 'offset'",
    findings: () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          const offset = stopGradient(yield* param('offset', 0.5));
          yield* observe('x', normal(tf.add(z, offset), 1), 1);
        }),
        free(),
        elbo(),
      ),
    says: 'exactly 0: nothing in the bound depends on it in the model',
  },
  {
    name: 'one law for every row',
    rule: 'guideIgnoresData',
    site: "site 'z'",
    findings: () => lint(codes(batch), plate('data', 4, shared(free())), elbo()),
    says: "every element of plate 'data' the same Normal",
  },
  {
    name: 'a network that reads something else',
    rule: 'guideIgnoresData',
    site: "site 'z'",
    findings: () =>
      lint(
        codes,
        (x: Tensor) => encoded(tf.tensor1d([0.1, 0.2, 0.3, 0.4].slice(0, x.shape[0]))),
        elbo(),
        { batch },
      ),
    says: "every element of plate 'data' the same Normal",
  },
  {
    name: 'a scale that starts at 1 beside a thousand observations',
    rule: 'wideInitialScale',
    site: "site 'z'",
    // The curvature is 1 + 1000, and its root 31.6.
    findings: () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* plate('data', 1000, observe('x', normal(z, 1), tf.zeros([1000])));
        }),
        free(1, 7),
        elbo(),
      ),
    says: 'the guide starts 31.6 times wider',
  },
  {
    name: 'time in seconds, to the hundredth',
    rule: 'lostDigits',
    site: "site 'x'",
    findings: () =>
      lint(
        program(function* () {
          const z = yield* sample('z', normal(1e6, 1));
          yield* observe('x', normal(z, 0.5), 1e6);
        }),
        sample('z', normal(1e6, 0.4)),
        elbo(),
      ),
    says: 'in the model float32 rounds its values by up to 0.119 of their standard deviation',
    also: ['noParameters'],
  },
  {
    name: 'bytes into a network',
    rule: 'rawInputs',
    site: "param 'encoder/kernel'",
    findings: () =>
      lint(
        (x: Tensor) => codes(tf.div(tf.mean(x, -1), 255)),
        (x: Tensor) =>
          plate(
            'data',
            4,
            program(function* () {
              const h = yield* dense('encoder', { units: 1 })(x);
              yield* sample('z', normal(tf.squeeze(tf.tanh(h), [-1]), 0.7));
            }),
          ),
        elbo(),
        { batch: tf.fill([4, 3], 200) },
      ),
    says: 'root mean square is 200',
    // The activation is 1 to the last digit.
    also: ['untrainedParameter'],
  },
];
