/** Diagnostics that run programs: calibration, predictive checks, the cause of a non-finite loss. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  elbo,
  freeState,
  independent,
  iwae,
  key,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  shared,
  svi,
} from 'marginalia';
import {
  explainNonFinite,
  posteriorPredictiveCheck,
  showNonFinite,
  simulationBasedCalibration,
} from 'marginalia/diagnostics';
import { of } from 'marginalia/monad';
import { describe, expect, it } from 'vitest';

describe('simulation-based calibration', () => {
  const model = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* sample('x', normal(z, 1e3));
  });
  const calibrate = (loc: number, scale: number) =>
    simulationBasedCalibration(
      { model, observed: ['x'], infer: () => sample('z', normal(loc, scale)) },
      { key: key(7), simulations: 150, samples: 60 },
    );

  it('fails a guide that is shifted, one that is narrow, and passes the posterior', async () => {
    // Data that say next to nothing leave the posterior at the prior, N(0, 1).
    const [shifted] = (await calibrate(1, 1)).quantities;
    expect(shifted?.uniformity.pValue).toBeLessThan(0.05);
    expect(shifted?.verdict).toBe('biased');
    const [narrow] = (await calibrate(0, 0.1)).quantities;
    expect(narrow?.symmetry.pValue).toBeGreaterThan(0.05);
    expect(narrow?.uniformity.pValue).toBeLessThan(1e-6);
    expect(narrow?.verdict).toBe('tooNarrow');
    const [wide] = (await calibrate(0, 4)).quantities;
    expect(wide?.verdict).toBe('tooWide');
    // Each of two tests of a calibrated guide has a p-value below 1e-3 one time in a thousand.
    const [right] = (await calibrate(0, 1)).quantities;
    expect(right?.uniformity.pValue).toBeGreaterThan(1e-3);
    expect(right?.symmetry.pValue).toBeGreaterThan(1e-3);
  });

  it('ranks every number of every site, runs fits, takes discrete ties and frees all', async () => {
    const several = program(function* () {
      const w = yield* sample('w', independent(normal(tf.zeros([2]), 1)));
      yield* plate('data', 3, sample('x', independent(normal(w, 1))));
    });
    const params = { loc: tf.zeros([2]) };
    const before = tf.memory().numTensors;
    let fits = 0;
    const infer = async ({ x = tf.zeros([3, 2]) }: Readonly<Record<string, Tensor>>) => {
      const loc = tf.tidy(() => tf.mul(tf.sum(x, 0), 0.25));
      const guide = program(function* () {
        const at = yield* param('loc', tf.zeros([2]));
        yield* sample('w', independent(normal(at, 0.5)));
      });
      return { guide, params: { loc }, free: () => ((fits += 1), loc.dispose()) };
    };
    const options = { key: key(0), simulations: 40, params };
    const found = await simulationBasedCalibration(
      { model: several, observed: ['x'], infer },
      options,
    );
    expect(found.quantities.map((q) => [q.name, q.verdict])).toEqual([
      ['w[0]', 'calibrated'],
      ['w[1]', 'calibrated'],
    ]);
    expect(fits).toBe(40);
    const signs = await simulationBasedCalibration(
      {
        model: several,
        observed: ['x'],
        infer,
        quantities: ({ w = tf.zeros([2]) }) => ({ sign: tf.sum(tf.sign(w)) }),
      },
      options,
    );
    expect(signs.quantities.map((q) => [q.name, q.verdict])).toEqual([['sign', 'calibrated']]);
    expect(tf.memory().numTensors).toBe(before);
    params.loc.dispose();
    await expect(
      simulationBasedCalibration({ model, observed: ['x'], infer: () => of({}) }, options),
    ).rejects.toThrow(/'z' from the guide/);
  });
});

describe('posterior predictive checks', () => {
  const data = (count: number) =>
    program(function* () {
      const mean = yield* sample('mean', normal(0, 1));
      yield* plate('data', count, sample('x', normal(mean, 1)));
    });

  it('have the exact p-value of a discrepancy, and free all but numbers', () => {
    // T = |x̄ − mean|: observed |0.3 − mean| with mean ~ N(0.1, 0.05), replicated |N(0, 1/√50)|. By
    // quadrature over the mean, p = E[2 (1 − Φ(√50 |0.3 − mean|))].
    const x = tf.fill([50], 0.3);
    const erfc = (t: number): number => {
      const n = 4000;
      const h = 8 / n;
      return (
        (2 / Math.sqrt(Math.PI)) *
        h *
        Array.from({ length: n }, (_, i) => Math.exp(-((t + (i + 0.5) * h) ** 2))).reduce(
          (a, b) => a + b,
          0,
        )
      );
    };
    const grid = Array.from({ length: 101 }, (_, i) => (i - 50) / 10);
    const weight = grid.map((e) => Math.exp(-0.5 * e * e));
    const exact =
      grid.reduce((s, e, i) => {
        const gap = Math.abs(0.2 - 0.05 * e) * Math.sqrt(50);
        return s + (weight[i] ?? 0) * erfc(gap / Math.SQRT2);
      }, 0) / weight.reduce((a, b) => a + b, 0);
    const guide = sample('mean', normal(0.1, 0.05));
    const before = tf.memory().numTensors;
    const [check] = posteriorPredictiveCheck(data(50), guide, {
      key: key(0),
      samples: 1500,
      data: { x },
      statistics: {
        distance: ({ x: own = x }, { mean = tf.scalar(0) }) => tf.abs(tf.sub(tf.mean(own), mean)),
      },
    });
    expect(tf.memory().numTensors).toBe(before);
    // Five standard errors: false alarm 6e-7.
    expect(Math.abs((check?.pValue ?? NaN) - exact)).toBeLessThan(5 * (check?.standardError ?? 0));
    expect(check?.standardError).toBeLessThan(0.02);
    x.dispose();
  });

  it('names data that the model would not draw, and statistics that are no number', () => {
    const options = { key: key(0), samples: 2, statistics: { all: ({ x = tf.scalar(0) }) => x } };
    const check = (values: Readonly<Record<string, Tensor>>) => () =>
      posteriorPredictiveCheck(data(3), undefined, { ...options, data: values });
    expect(check({ y: tf.zeros([3]) })).toThrow(/'y'.*no such site/);
    expect(check({ x: tf.zeros([4]) })).toThrow(/\[3\], but got \[4\]/);
    expect(check({ x: tf.zeros([3]) })).toThrow(/one number from statistic 'all'.*\[3\]/);
  });
});

describe('the cause of a loss that is not finite', () => {
  const inferred = (scales: Tensor, particles: number) =>
    svi({
      model: (x: Tensor) =>
        plate(
          'rows',
          3,
          program(function* () {
            const z = yield* sample(
              'z',
              multivariateNormal(tf.zeros([2]), { scaleTril: tf.eye(2) }),
            );
            yield* sample('u', normal(0, 1));
            yield* observe('x', independent(normal(z, scales)), x);
          }),
        ),
      guide: () =>
        plate(
          'rows',
          3,
          program(function* () {
            const loc = yield* shared(param('loc', tf.zeros([2])));
            yield* sample('z', multivariateNormal(loc, { scaleTril: tf.eye(2) }));
            yield* sample('u', normal(0, 1));
          }),
        ),
      objective: particles === 1 ? elbo() : iwae({ particles }),
      optimizer: sgd(0.1),
    });
  const x = tf.tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const explained = (scales: Tensor, particles = 1, data = x) => {
    const inference = inferred(scales, particles);
    // What is wrong from the start is refused there.
    const state = inferred(tf.ones([3, 2]), particles).init(key(0), x);
    const before = tf.memory().numTensors;
    const found = explainNonFinite(inference, state, data);
    expect(tf.memory().numTensors).toBe(before);
    freeState(state);
    return found;
  };

  it('is found to the element and the entry, with the parameters and value there', () => {
    const scales = tf.tensor2d([
      [1, 1],
      [1, 1],
      [1, -1],
    ]);
    expect(explained(scales)).toMatchObject({
      step: 0,
      site: 'x',
      what: 'logLikelihood term',
      found: NaN,
      plates: { rows: 2 },
      entry: [1],
      inputs: [
        { name: 'loc', values: [expect.any(Number)] },
        { name: 'scale', values: [-1] },
        { name: 'value', values: [6] },
      ],
    });
    expect(explained(scales)).not.toHaveProperty('particle');
    expect(explained(scales, 4)).toMatchObject({ particle: 0, plates: { rows: 2 }, entry: [1] });
    expect(explained(tf.ones([3, 2]))).toBeUndefined();
  });

  it('is an observation where that is not a number', () => {
    const data = tf.tensor2d([
      [1, 2],
      [NaN, 4],
      [5, 6],
    ]);
    const found = explained(tf.ones([3, 2]), 1, data);
    expect(found).toMatchObject({
      site: 'x',
      what: 'sample value',
      reason: 'data',
      plates: { rows: 1 },
      entry: [0],
    });
  });

  it('reads as one sentence', () => {
    const where = explained(
      tf.tensor2d([
        [1, 1],
        [1, 1],
        [1, 0],
      ]),
      4,
    );
    if (where === undefined) throw new Error('expected a cause');
    const shown = showNonFinite(where);
    expect(shown).toMatch(
      /^Step 0: .* the logLikelihood term of 'x' at particle 0, element 2 of plate 'rows', entry \[1\], which is NaN \(loc = \S+; scale = 0; value = 6\)\. Keep scale above 0, .*look at initial values/,
    );
  });

  it('names both programs of a divergence and elements of a subsample', () => {
    const inference = svi({
      model: () =>
        plate(
          'rows',
          { size: 10, indices: tf.tensor1d([7, 4], 'int32') },
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            yield* observe('x', normal(z, 1), [0, 0]);
          }),
        ),
      guide: () =>
        plate(
          'rows',
          { size: 10, indices: tf.tensor1d([7, 4], 'int32') },
          sample('z', normal([0, 1e30], 1)),
        ),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const state = inference.init(key(0), undefined);
    expect(explainNonFinite(inference, state, undefined)).toMatchObject({
      plates: { rows: 4 },
      site: 'z',
      what: 'kl term',
      inputs: [
        { name: 'guide loc', values: [expect.closeTo(1e30, -26)] },
        { name: 'guide scale', values: [1] },
        { name: 'model loc', values: [0] },
        { name: 'model scale', values: [1] },
      ],
    });
    freeState(state);
  });
});
