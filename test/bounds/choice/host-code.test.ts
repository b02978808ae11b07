/** Host code between the sites and the bound: what is refused, and what is estimated without a gradient. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Svi,
  type Tensor,
  adam,
  bernoulli,
  derive,
  deterministic,
  elbo,
  factor,
  fit,
  freeState,
  gamma,
  independent,
  key,
  mask,
  normal,
  observe,
  param,
  paramValues,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  stopGradient,
  svi,
  trace,
} from 'marginalia';
import { gradientReport } from 'marginalia/diagnostics';
import { measureValued, pathwise, scoreFunction, straightThrough } from 'marginalia/estimators';
import { lint } from 'marginalia/lint';
import { betaElbo, tailAdaptive, vimco, wakePhi } from 'marginalia/objectives';
import { blackBox } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { right } from '../../either.js';

type AnyProgram = Program<unknown, unknown>;

const inferenceOf = (
  model: AnyProgram,
  guide: AnyProgram,
  objective: Objective = elbo({ particles: 2 }),
): Svi<Tensor> => {
  return svi<AnyProgram, AnyProgram, Objective, Tensor>({
    model: () => model,
    guide: () => guide,
    objective,
    optimizer: adam(0.05),
  });
};

const one = tf.tensor1d([0]);

const guide = program(function* () {
  yield* sample(
    'z',
    normal(yield* param('loc', 0.3), yield* param('scale', 1, { support: positive })),
  );
});

const withFactor = (f: (z: Tensor) => Tensor): AnyProgram =>
  program(function* () {
    yield* factor('f', f(yield* sample('z', normal(0, 1))));
  });

/** 1 above 0, and 0 below: no gradient, but an expectation that has one. */
const step = blackBox((z: Tensor) => Number(Number(z.arraySync()) > 0), { shape: [] });

describe('numbers that are read while a program runs', () => {
  const reads: readonly (readonly [string, AnyProgram, RegExp])[] = [
    ['arraySync', withFactor((z) => tf.scalar(-(Number(z.arraySync()) ** 2))), /site 'z'/],
    [
      'dataSync after other operations',
      withFactor((z) => tf.tensor(tf.exp(tf.reshape(z, [1])).dataSync()[0] ?? 0)),
      /site 'z'/,
    ],
    ['bufferSync', withFactor((z) => tf.scalar(z.bufferSync().get())), /site 'z'/],
    [
      'after a step, which has no gradient',
      withFactor((z) => tf.scalar(Number(tf.cast(tf.round(z), 'int32').arraySync()))),
      /site 'z'/,
    ],
    [
      'after a stopped gradient',
      withFactor((z) => tf.scalar(Number(stopGradient(z).arraySync()))),
      /site 'z'/,
    ],
    [
      'to choose a branch',
      withFactor((z) => (Number(z.arraySync()) > 0 ? tf.neg(z) : z)),
      /site 'z'/,
    ],
    [
      'of a parameter',
      program(function* () {
        const a = yield* param('a', 2, { support: positive });
        yield* observe('x', normal(Number(a.arraySync()), 1), yield* sample('z', normal(0, 1)));
      }),
      /param 'a'/,
    ],
    [
      'by a closure of host code',
      withFactor((z) => blackBox(() => Number(z.arraySync()), { shape: [] })(0)),
      /site 'z'/,
    ],
    [
      'of what a closure of host code computed with',
      withFactor((z) => blackBox((x: Tensor) => tf.add(x, z), { shape: [] })(0)),
      /site 'z'/,
    ],
  ];

  it.each(reads)(
    '%s: refused before the first step, by every engine and by lint',
    async (_, model, site) => {
      const cure = /blackBox\(f, \{ shape \}\)/;
      const before = tf.memory().numTensors;
      expect(() => lint(model, guide, elbo())).toThrow(cure);
      for (const engine of ['eager', 'compiled', 'auto'] as const) {
        const run = fit({
          svi: inferenceOf(model, guide),
          data: rowsOf(Float32Array.of(0), []),
          batchSize: 1,
          length: { steps: 1 },
          key: key(0),
          engine,
        });
        await expect(run()).rejects.toThrow(site);
        await expect(run()).rejects.toThrow(cure);
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('but not of constants, unless they are computed where there are no numbers yet', () => {
    const table = tf.tensor1d([1, 2]);
    const reading = (read: () => number) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* factor('f', tf.neg(tf.square(tf.add(z, read()))));
      });
    const plain = reading(() => table.dataSync()[0] ?? 0);
    freeState(inferenceOf(plain, guide).init(key(0), one));
    const computing = reading(() => Number(tf.sum(table).arraySync()));
    expect(trace(computing, { key: key(0) }).logJoint.size).toBe(1);
    expect(() => inferenceOf(computing, guide).init(key(0), one)).toThrow(/blackBox/);
    table.dispose();
  });
});

/** The estimators that are derived for the sites of a guide. */
const estimators = (model: AnyProgram, of: AnyProgram, objective: Objective): readonly string[] =>
  derive(model, of, objective).latents.map(({ name, estimator }) => `${name} ${estimator.name}`);

describe('an estimator', () => {
  it('is a score function where a path goes through host code, with the reason', () => {
    const [z] = derive(withFactor(step), guide, elbo({ particles: 2 })).latents;
    expect(z?.estimator.setting).toBe('leave-one-out');
    expect(z?.why).toContain(
      "it reaches 'f' through host code (blackBox), which no gradient passes",
    );
  });

  it('is chosen site by site: only what reaches host code with no site in between', () => {
    const model = program(function* () {
      const a = yield* sample('a', normal(0, 1));
      const b = yield* sample('b', normal(a, 1));
      const c = yield* sample('c', bernoulli({ probs: 0.5 }));
      const d = yield* sample('d', gamma(2, 1));
      yield* factor('f', step(tf.add(b, c)));
      yield* observe('x', normal(tf.add(a, d), 1), 1);
    });
    const q = program(function* () {
      const a = yield* sample('a', normal(yield* param('of a', 0), 1));
      yield* sample('b', normal(tf.mul(a, yield* param('of b', 1)), 1));
      yield* sample('c', bernoulli({ logits: yield* param('of c', 0) }));
      yield* sample('d', gamma(2, yield* param('of d', 1, { support: positive })));
    });
    expect(estimators(model, q, elbo({ particles: 2 }))).toEqual([
      'a pathwise',
      'b scoreFunction',
      'c enumeration',
      'd pathwise',
    ]);
  });

  it('sees what a step leads to, though the step has no gradient', () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const index = tf.argMax(tf.stack([z, tf.scalar(0.2)]));
      yield* factor('f', tf.where(tf.greater(tf.cast(index, 'float32'), 0.5), -1, -3));
    });
    const { terms } = derive(model, guide, elbo({ estimators: { z: scoreFunction() } }));
    expect(terms.find((t) => t.site === 'f')?.dependsOn).toEqual(['z']);
  });

  it.each<[string, Objective, AnyProgram]>([
    ['pathwise', elbo({ estimators: { z: pathwise() } }), guide],
    ['tailAdaptive', tailAdaptive({ particles: 2 }), guide],
    ['elbo that lands', elbo({ gradient: 'stickingTheLanding' }), guide],
    [
      'straightThrough',
      elbo({ estimators: { z: straightThrough() } }),
      program(function* () {
        yield* sample('z', bernoulli({ logits: yield* param('logits', 0) }));
      }),
    ],
  ])('%s is refused', (_, objective, q) => {
    const z: AnyProgram =
      q === guide ? sample('z', normal(0, 1)) : sample('z', bernoulli({ probs: 0.5 }));
    const model = program(function* () {
      const value = yield* z;
      if (value instanceof tf.Tensor) yield* factor('f', step(value));
    });
    expect(() => derive(model, q, objective)).toThrow(/site 'z' of the guide.*through host code/);
  });

  it.each<[string, Objective]>([
    ['measureValued', elbo({ estimators: { z: measureValued() } })],
    ['vimco', vimco({ particles: 2 })],
    ['wakePhi', wakePhi({ particles: 2 })],
  ])('%s is not', (_, objective) => {
    const inference = inferenceOf(withFactor(step), guide, objective);
    const state = inference.init(key(0), one);
    const gradients = inference.gradients(state, one);
    expect(Object.values(gradients).some((g) => (g.dataSync()[0] ?? 0) !== 0)).toBe(true);
    freeState(state);
    tf.dispose(gradients);
  });
});

describe('a parameter', () => {
  const model = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* factor('f', step(tf.add(z, yield* param('bias', 0))));
  });

  it('that reaches the bound through host code alone is refused, with the cure', () => {
    const inference = inferenceOf(model, guide);
    expect(() => inference.init(key(0), one)).toThrow(
      /param 'bias': expected a gradient .* it reaches 'f' through host code .* Put a site in between/,
    );
  });

  it('is accepted where it is not trained', () => {
    const inference = svi<AnyProgram, AnyProgram, Objective, Tensor>({
      model: () => model,
      guide: () => guide,
      objective: elbo({ particles: 2 }),
      optimizer: adam(0.1),
      trains: ['loc', 'scale'],
    });
    freeState(inference.init(key(0), one));
  });

  it('in the law of a site behind host code is refused as well', () => {
    const q = program(function* () {
      yield* sample('z', normal(step(yield* param('loc', 0.3)), 1));
    });
    expect(() => inferenceOf(withFactor(tf.neg), q).init(key(0), one)).toThrow(
      /param 'loc'.*'z' through host/,
    );
  });
});

it("a score function's gradient through a step is that of its expectation", () => {
  // E 1[z > 0] = Phi(loc / scale), whose slope in loc is the density at loc.
  const particles = 20_000;
  const model = program(function* () {
    yield* factor('f', step(yield* sample('z', mask(normal(0, 1), 0))));
  });
  const inference = inferenceOf(model, guide, betaElbo({ beta: 0, particles }));
  const state = inference.init(key(0), one);
  const gradients = inference.gradients(state, one);
  const density = Math.exp(-0.045) / Math.sqrt(2 * Math.PI);
  // Five standard errors of the mean of z 1[z > 0]: a false alarm in 1.7 million.
  expect(Math.abs((gradients['loc']?.dataSync()[0] ?? NaN) + density)).toBeLessThan(
    (5 * 0.6) / Math.sqrt(particles),
  );
  freeState(state);
  tf.dispose(gradients);
});

it.each(['eager', 'auto'] as const)(
  'evolution strategies find the best point of plain code: %s',
  async (engine) => {
    const best = [1.5, -0.7, 2.2];
    const reward = blackBox(
      (z: Tensor) => -[...z.dataSync()].reduce((sum, v, i) => sum + (v - (best[i] ?? 0)) ** 2, 0),
      { shape: [] },
    );
    const model = program(function* () {
      const z = yield* sample('z', mask(independent(normal([0, 0, 0], 1)), 0));
      yield* deterministic('reward', reward(z));
      yield* factor('f', reward(z));
    });
    const q = program(function* () {
      yield* sample('z', independent(normal(yield* param('theta', [0, 0, 0]), 0.3)));
    });
    const objective = betaElbo({ beta: 0, particles: 16, estimators: { z: scoreFunction() } });
    const { state } = right(
      await fit({
        svi: inferenceOf(model, q, objective),
        data: rowsOf(Float32Array.of(0), []),
        batchSize: 1,
        length: { steps: 200 },
        key: key(0),
        engine,
      })(),
    );
    const values = paramValues(state);
    const theta = values['theta']?.dataSync() ?? [];
    best.forEach((b, i) => expect(Math.abs((theta[i] ?? NaN) - b)).toBeLessThan(0.15));
    freeState(state);
    tf.dispose(values);
  },
);

it('host code for each element of a subsampled plate is scaled like any other term', () => {
  const values = (boxed: boolean) => {
    const f = (z: Tensor): Tensor => tf.neg(tf.square(z));
    const inference = inferenceOf(
      program(function* () {
        yield* plate(
          'data',
          { size: 6, subsample: 2 },
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            yield* factor('f', boxed ? blackBox(f, { shape: [2] })(z) : f(z));
          }),
        );
      }),
      plate('data', { size: 6, subsample: 2 }, guide),
    );
    const state = inference.init(key(0), one);
    const { loss } = inference.evaluate(state, one);
    const found = loss.dataSync()[0] ?? NaN;
    freeState(state);
    return found;
  };
  expect(values(true)).toBeCloseTo(values(false), 4);
});

it('ONNX Runtime is asked for what lies between its calls', async () => {
  const run = async (engine: 'auto' | 'compiled') => {
    const told: string[] = [];
    const fitted = await fit({
      svi: inferenceOf(withFactor(step), guide),
      data: rowsOf(Float32Array.of(0), []),
      batchSize: 1,
      length: { steps: 1 },
      key: key(0),
      engine,
      executor: 'onnxruntime',
      onEngine: (note) => told.push(note),
    })();
    if (fitted._tag === 'Right') freeState(fitted.right.state);
    return fitted._tag === 'Right' ? told.join() : JSON.stringify(fitted.left, ['_tag', 'reason']);
  };
  expect(await run('auto')).toMatch(/ONNX Runtime.* and host code/);
  expect(await run('compiled')).toMatch(/ONNX Runtime.* and host code/);
});

it('the report of gradients compares what is valid there', async () => {
  const inference = inferenceOf(withFactor(step), guide);
  const state = inference.init(key(0), one);
  const { sites } = await gradientReport(inference, state, one, { key: key(1), draws: 8 });
  expect(sites[0]?.estimators.map((e) => e.name)).not.toContain('pathwise');
  expect(sites[0]?.estimators.length).toBeGreaterThan(0);
  freeState(state);
});
