/** The checks of a model with its guide: each finds its own fault, and none where there is none. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  condition,
  elbo,
  expand,
  factor,
  independent,
  iwae,
  key,
  mask,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  simplex,
} from 'marginalia';
import { scoreFunction } from 'marginalia/estimators';
import { type Finding, type LintRule, lint, showLint } from 'marginalia/lint';
import { mlp } from 'marginalia/nn';
import { eubo, sleepPhi, varGrad, vimco, wakeTheta } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { stepCaseNamed } from '../../bench/catalogue.js';
import { tensorsOf } from '../../bench/problem.js';
import { studyOf } from '../../bench/cases/study-of.js';
import { linearGaussian } from '../../src/testing/cases/linear-gaussian/index.js';
import { vaeGuide, vaeModel } from '../../examples/vae/model.js';
import { estimatorFaults } from './estimator-faults.js';
import { faults } from './faults.js';
import {
  pair,
  free,
  coin,
  coinGuide,
  codes,
  encoded,
  batch,
  globalMean,
  effects,
  perRow,
  eight,
} from './programs.js';

type AnyProgram = Program<unknown, unknown>;

/** A model with its exact guide, whose names the types do not see. */
interface Exact {
  readonly model: AnyProgram;
  readonly posterior: AnyProgram;
  readonly network: { readonly nodes: readonly { readonly role: { readonly kind: string } }[] };
}

const rulesOf = (findings: readonly Finding[]): readonly LintRule[] => findings.map((f) => f.rule);

describe('a fault is found', () => {
  it.each([...faults, ...estimatorFaults])(
    '$rule: $name',
    ({ rule, site, findings, says, also = [] }) => {
      const all = findings();
      const found = all.find((f) => f.rule === rule && f.site === site);
      expect(found?.found, showLint(all)).toMatch(says);
      expect(found?.cure).not.toBe('');
      const more = new Set(rulesOf(all).filter((r) => r !== rule));
      // One fault may be the reason of another, but only of those that are named.
      expect([...more].filter((r) => !also.includes(r) && !expected(rule).includes(r))).toEqual([]);
    },
  );

  it('as text, gravest first', () => {
    const findings = lint(coin, coinGuide, elbo({ discrete: 'score', closedFormKl: 'never' }));
    expect(rulesOf(findings)).toEqual(['sampledEnumerable', 'noBaseline', 'closedFormUnused']);
    expect(showLint(findings).split('\n').slice(0, 2)).toEqual([
      "advice: site 'z': it is drawn and gets a score function gradient, and its 2 values could be summed. [sampledEnumerable]",
      "  Leave out `discrete: 'score'`: the sum is exact.",
    ]);
  });

  it('with the cure for what was written', () => {
    const curesOf = (objective: Parameters<typeof lint>[2]): readonly string[] =>
      lint(coin, coinGuide, objective).flatMap((f) =>
        f.rule === 'sampledEnumerable' ? [f.cure] : [],
      );
    const estimators = { z: scoreFunction() };
    expect(curesOf(elbo({ estimators }))).toEqual([
      'Leave out `z` of `estimators`: the sum is exact.',
    ]);
    expect(curesOf(elbo({ estimators, discrete: 'score' }))).toEqual([
      "Leave out `discrete: 'score'` and `z` of `estimators`: the sum is exact.",
    ]);
  });
});

/** What follows from a fault by its nature. */
function expected(rule: LintRule): readonly LintRule[] {
  switch (rule) {
    case 'sampledEnumerable':
      return ['noBaseline'];
    default:
      return [];
  }
}

it('frees what it makes', () => {
  const model = globalMean(4);
  const guide = free();
  const before = tf.memory().numTensors;
  lint(model, () => guide, elbo({ particles: 2 }), { batch, rows: 400 });
  expect(tf.memory().numTensors).toBe(before);
  const bare: Program<unknown, unknown> = program(function* () {});
  expect(() => lint(coin, bare, elbo())).toThrow('missing from the guide');
  expect(tf.memory().numTensors).toBe(before);
});

describe('nothing is found', () => {
  it.each(['eight-schools', 'logistic-regression', '10 sites'])(
    'in the model of the bench: %s',
    (name) => {
      const { inference, batches } = studyOf(stepCaseNamed(name));
      const [numbers = {}] = batches();
      const data = tensorsOf(numbers);
      const { model, guide, objective } = inference;
      expect(showLint(lint(model, guide, objective, { batch: data }))).toBe('Nothing found.');
      tf.dispose(data);
    },
  );

  it.each(['diagonal', 'full'] as const)(
    'in the autoencoder, %s, on zeros or on bits',
    (posterior) => {
      const options = { pixels: 16, latent: 3, hidden: 8, posterior };
      const model = vaeModel(options);
      const bits = Array.from({ length: 48 }, (_, i) => (i * i) % 2);
      for (const x of [tf.zeros([2, 16]), tf.tensor2d(bits, [3, 16])]) {
        const findings = lint(
          (b: Tensor) => condition(model(b.shape[0] ?? 0), { x: b }),
          vaeGuide(options),
          elbo(),
          { batch: x, rows: 60_000 },
        );
        expect(showLint(findings)).toBe('Nothing found.');
        x.dispose();
      }
    },
  );

  it('in the parcel of the first page', () => {
    const readings = tf.tensor1d([1011, 998, 1003, 1018, 1007]);
    const model = program(function* () {
      const weight = yield* sample('weight', normal(1000, 50));
      yield* plate('weighings', 5, sample('reading', normal(weight, 10)));
    });
    const guide = program(function* () {
      const mean = yield* param('mean', 1000);
      const deviation = yield* param('deviation', 10, { support: positive });
      yield* sample('weight', normal(mean, deviation));
    });
    const findings = lint(
      (reading: Tensor) => condition(model, { reading }),
      () => guide,
      elbo({ particles: 10 }),
      { batch: readings, rows: 5 },
    );
    expect(showLint(findings)).toBe('Nothing found.');
    readings.dispose();
  });

  it.each([
    ['elbo', elbo()],
    ['elbo that lands', elbo({ gradient: 'stickingTheLanding' })],
    ['iwae', iwae({ particles: 5 })],
    ['iwae of one', iwae({ particles: 1 })],
    ['eubo', eubo({ particles: 2 })],
    ['vimco', vimco({ particles: 2 })],
    ['varGrad', varGrad({ particles: 2 })],
    ['wakeTheta', wakeTheta({ particles: 1 })],
    ['sleepPhi', sleepPhi({ guide: ({ x = batch }) => encoded(x) })],
  ] as const)('under %s, of codes that follow the data', (_, objective) => {
    expect(showLint(lint(codes, encoded, objective, { batch, rows: 100 }))).toBe('Nothing found.');
  });

  it('in a batch that is scaled, by indices or by subsampling', () => {
    const rows = tf.tensor1d([3, 1, 7, 5], 'int32');
    const options = { batch, rows: 8 };
    const found = [
      lint(globalMean(8, rows), () => free(0.3), elbo(), options),
      lint(effects(true), perRow, elbo(), { batch: eight, rows: 8 }),
      // All of the data is no minibatch.
      lint(globalMean(4), () => free(0.3), elbo(), { batch, rows: 4 }),
    ];
    expect(found.map(showLint)).toEqual(found.map(() => 'Nothing found.'));
    rows.dispose();
  });

  it('in parameters of each element, in coins that are summed, in values that are masked', () => {
    const own = plate(
      'data',
      4,
      program(function* () {
        const loc = yield* param('loc', 0);
        yield* sample('z', normal(loc, yield* param('scale', 0.7, { support: positive })));
      }),
    );
    const masked = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const seen = mask(bernoulli({ logits: z }), tf.tensor1d([1, 0, 1]));
      yield* plate('data', 3, observe('x', seen, [1, 0.5, 0]));
    });
    const weights = program(function* () {
      const p = yield* param('p', [0.2, 0.8], { support: simplex });
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(tf.add(z, tf.sum(tf.mul(p, [1, 2]))), 1), 0.5);
    });
    const deep = program(function* () {
      const h = yield* mlp('net', { hidden: [4], out: 2, activation: 'tanh' })(tf.ones([2]));
      yield* sample('z', normal(tf.sum(h), 1));
    });
    const found = [
      lint(codes, () => own, elbo(), { batch }),
      lint(codes(batch), own, elbo()),
      lint(coin, coinGuide, elbo()),
      lint(masked, free(), elbo()),
      lint(weights, free(), elbo()),
      lint(pair(), deep, elbo()),
      lint(
        program(function* () {
          yield* factor('f', tf.sum(yield* sample('z', independent(expand(normal(0, 1), [2])))));
        }),
        program(function* () {
          yield* sample('z', independent(normal(yield* param('loc', [0, 0]), [1, 1])));
        }),
        elbo(),
        { key: key(3) },
      ),
    ];
    expect(found.map(showLint)).toEqual(found.map(() => 'Nothing found.'));
  });

  it('in graphs of normals with their posterior', () =>
    fc.assert(
      fc.property(linearGaussian({ parameters: false }), ({ model, posterior, network }: Exact) => {
        const isData = network.nodes.some((n) => n.role.kind !== 'latent');
        const found = rulesOf(lint(model, posterior, elbo()));
        expect(found).toEqual(isData ? ['noParameters'] : ['noParameters', 'noObservations']);
      }),
      { numRuns: 10, seed: 5 },
    ));
});
