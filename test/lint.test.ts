/** The checks of a model with its guide: each finds its own fault, and none where there is none. */
import * as tf from '@tensorflow/tfjs';
import {
  type Finding,
  type LintRule,
  type Program,
  type Tensor,
  bernoulli,
  beta,
  block,
  condition,
  dense,
  elbo,
  eubo,
  expand,
  exponential,
  factor,
  gamma,
  independent,
  iwae,
  key,
  lint,
  mask,
  mlp,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  reweightedWakeSleep,
  sample,
  shared,
  showLint,
  simplex,
  sleepPhi,
  stopGradient,
  uniform,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia';
import { describe, expect, it } from 'vitest';
import { caseNamed } from '../bench/catalogue.js';
import { tensorsOf } from '../bench/problem.js';
import { studyOf } from '../bench/study.js';
import { vaeGuide, vaeModel } from '../examples/vae/model.js';

const rulesOf = (findings: readonly Finding[]): readonly LintRule[] => findings.map((f) => f.rule);

/** z ~ N(0, 1), x ~ N(z, noise). */
const pair = (x = 1, noise = 1) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(z, noise), x);
  });
const free = (scale = 1, loc = 0) =>
  program(function* () {
    const m = yield* param('loc', loc);
    yield* sample('z', normal(m, yield* param('scale', scale, { support: positive })));
  });
const coin = program(function* () {
  const z = yield* sample('z', bernoulli({ probs: 0.5 }));
  yield* observe('x', normal(z, 1), 2);
});
const coinGuide = program(function* () {
  yield* sample('z', bernoulli({ logits: yield* param('logits', 0) }));
});

/** Codes z of data x, one for each row. */
const codes = (x: Tensor) =>
  plate(
    'data',
    x.shape[0] ?? 0,
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), x);
    }),
  );
const encoded = (x: Tensor) =>
  program(function* () {
    const slope = yield* param('slope', 0);
    const scale = yield* param('scale', 0.7, { support: positive });
    yield* plate('data', x.shape[0] ?? 0, sample('z', normal(tf.mul(slope, x), scale)));
  });
const batch = tf.tensor1d([0.5, -1, 2, 0.3]);

interface Fault {
  readonly name: string;
  readonly rule: LintRule;
  readonly site: string;
  readonly findings: () => readonly Finding[];
  readonly says: string | RegExp;
  /** What else is true of it. */
  readonly also?: readonly LintRule[];
}

const globalMean = (size: number, indices?: Tensor) => (x: Tensor) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* plate('data', { size, ...(indices && { indices }) }, observe('x', normal(z, 1), x));
  });

/** Rows of effects, drawn by the engine; `follow` gathers the data with them. */
const effects = (follow: boolean) => (x: Tensor) =>
  plate('data', { size: 8, subsample: 4 }, (rows) =>
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), follow ? tf.gather(x, rows) : x);
    }),
  );
const perRow = () =>
  plate(
    'data',
    { size: 8, subsample: 4 },
    program(function* () {
      yield* sample('z', normal(yield* param('loc', 0), 1));
    }),
  );
const eight = tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]);

const pooledModel = (of: (z: Tensor) => Tensor) => (x: Tensor) =>
  plate(
    'data',
    4,
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(of(z), 1), x);
    }),
  );

const faults: readonly Fault[] = [
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
    says: "hidden in the guide by block, and a draw of Bernoulli carries no gradient: 'logits'",
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
    also: ['impossibleObservation'],
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
    name: 'a coin that is thrown',
    rule: 'sampledEnumerable',
    site: "site 'z'",
    findings: () => lint(coin, coinGuide, elbo({ discrete: 'score', particles: 2 })),
    says: 'its 2 values could be summed',
  },
  {
    name: 'one throw of a coin',
    rule: 'noBaseline',
    site: "site 'z'",
    findings: () => lint(coin, coinGuide, iwae({ particles: 1 })),
    says: 'a score function without a baseline',
  },
  {
    name: 'a divergence that is sampled',
    rule: 'closedFormUnused',
    site: "site 'z'",
    findings: () => lint(pair(), free(), elbo({ closedFormKl: 'never' })),
    says: 'its KL(Normal ‖ Normal) is sampled',
  },
  ...[eubo, wakePhi, reweightedWakeSleep].map((of): Fault => ({
    name: `${of.name} of one particle`,
    rule: 'oneParticle',
    site: of.name,
    findings: () => lint(pair(), free(), of({ particles: 1 })),
    says: 'the gradient of the guide is 0 in expectation',
  })),
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

describe('a fault is found', () => {
  it.each(faults)('$rule: $name', ({ rule, site, findings, says, also = [] }) => {
    const all = findings();
    const found = all.find((f) => f.rule === rule && f.site === site);
    expect(found?.found, showLint(all)).toMatch(says);
    expect(found?.cure).not.toBe('');
    const more = new Set(rulesOf(all).filter((r) => r !== rule));
    // One fault may be the reason of another, but only of those that are named.
    expect([...more].filter((r) => !also.includes(r) && !expected(rule).includes(r))).toEqual([]);
  });

  it('as text, gravest first', () => {
    const findings = lint(coin, coinGuide, elbo({ discrete: 'score', closedFormKl: 'never' }));
    expect(rulesOf(findings)).toEqual(['sampledEnumerable', 'noBaseline', 'closedFormUnused']);
    expect(showLint(findings).split('\n').slice(0, 2)).toEqual([
      "warning: site 'z': it is drawn and gets a score function, and its 2 values could be summed. [sampledEnumerable]",
      "  Leave out `discrete: 'score'`: the sum is exact.",
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
      const { inference, batches } = studyOf(caseNamed(name));
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
        sample('z', independent(expand(normal(0, 1), [2]))),
        sample('z', independent(normal([0, 0], [1, 1]))),
        elbo(),
        { key: key(3) },
      ),
    ];
    expect(found.map(showLint)).toEqual(found.map(() => 'Nothing found.'));
  });
});
