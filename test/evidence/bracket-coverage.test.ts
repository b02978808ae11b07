/** Log evidence between bounds: formulas in double precision, exact models, and coverage. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  SiteError,
  type Tensor,
  condition,
  elbo,
  evidence,
  freeState,
  key,
  normal,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { type Bracket, bracketPlot, paretoK, showBracket } from 'marginalia/evidence';
import { evaluator } from 'marginalia/inference';
import { describe, expect, it } from 'vitest';
import { gatherBracket } from '../../src/evidence/gather-bracket.js';
import { evidenceOf } from '../../src/evidence/log-evidence.js';
import { logPowerMeanWeight, weightedLogWeight } from '../../src/evidence/weight-sums.js';
import { logMeanExp, logNormal } from '../double.js';

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const errorOfMean = (xs: readonly number[]): number =>
  Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)) / (xs.length - 1));

/** Rows of weights as a stream gives them, in chunks. */
const streamOf =
  (rows: readonly (readonly number[])[]) =>
  async (count: number, _key: unknown, first: number): Promise<Tensor> =>
    tf.tensor2d(
      rows.slice(first, first + count).map((row) => [...row]),
      [count, rows[0]?.length ?? 0],
    );

const near = (found: number | undefined, exact: number, tolerance = 1e-9): void => {
  if (!Number.isFinite(exact)) expect(found).toBe(exact);
  else expect(Math.abs((found ?? NaN) - exact)).toBeLessThan(tolerance * (1 + Math.abs(exact)));
};

describe('one pass over weights', () => {
  const eighths = fc.integer({ min: -800, max: 800 }).map((n) => n / 8);
  const weight = fc.oneof(
    { weight: 9, arbitrary: eighths },
    { weight: 1, arbitrary: fc.constant(-Infinity) },
  );
  const cases = fc.record({
    rows: fc.array(fc.tuple(weight, weight), { minLength: 2, maxLength: 40 }),
    exact: fc.array(fc.tuple(eighths, eighths), { minLength: 1, maxLength: 12 }),
    chunk: fc.integer({ min: 1, max: 9 }),
    particles: fc.integer({ min: 1, max: 6 }),
    order: fc.constantFrom(1.5, 2, 3),
  });

  it('agrees with formulas over all of them at once, whatever the chunk', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, exact, chunk, order, ...c }) => {
        const particles = Math.min(c.particles, rows.length);
        const options = { key: key(0), samples: rows.length, chunk, particles, order };
        const posterior = { draws: exact.length, weightsOf: streamOf(exact) };
        const found = await gatherBracket(options, streamOf(rows), posterior);
        const log = evidenceOf(found.gathered);
        const groups = Math.floor(rows.length / particles);
        expect(found.groups).toBe(groups);
        expect(found.exact?.groups).toBe(Math.min(groups, exact.length));
        for (const j of [0, 1] as const) {
          const ws = rows.map((row) => row[j]);
          const own = exact.map((row) => row[j]);
          near(found.elbo.values[j], mean(ws));
          near(found.exact?.eubo.values[j], mean(own));
          const grouped = Array.from({ length: groups }, (_, g) =>
            ws.slice(g * particles, (g + 1) * particles),
          );
          const forward = grouped.map((g) =>
            Math.max(...g) === -Infinity ? -Infinity : logMeanExp(g),
          );
          near(found.iwae.values[j], mean(forward));
          const reverse = grouped
            .slice(0, exact.length)
            .map((g, i) => logMeanExp([own[i] ?? Number.NaN, ...g.slice(1)]));
          near(found.exact?.reverse.values[j], mean(reverse));
          if (own.length > 1) near(found.exact?.eubo.standardErrors[j], errorOfMean(own));
          const peak = Math.max(...ws);
          if (peak === -Infinity) {
            expect(log.logEvidence[j]).toBe(-Infinity);
            continue;
          }
          near(log.logEvidence[j], logMeanExp(ws));
          const shares = ws.map((w) => Math.exp(w - peak));
          const total = shares.reduce((a, b) => a + b, 0);
          const squares = shares.reduce((a, b) => a + b * b, 0);
          near(log.effectiveSampleSize[j], total ** 2 / squares);
          near(
            log.standardError[j],
            Math.sqrt(Math.max(0, squares / total ** 2 - 1 / ws.length)),
            1e-7,
          );
          const eubo = shares.reduce(
            (s, r, i) => s + (r === 0 ? 0 : (r * (ws[i] ?? 0)) / total),
            0,
          );
          const { sums } = found.gathered;
          near(weightedLogWeight(sums).values[j], eubo);
          const spread = shares.reduce(
            (s, r, i) => s + (r === 0 ? 0 : ((r / total) * ((ws[i] ?? 0) - eubo)) ** 2),
            0,
          );
          near(weightedLogWeight(sums).standardErrors[j], Math.sqrt(spread), 1e-6);
          near(
            logPowerMeanWeight(sums, order).values[j],
            logMeanExp(ws.map((w) => order * w)) / order,
          );
          near(log.paretoK[j], paretoK(ws));
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

const LOG_Z = -7.5155121;
const model = condition(
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* sample('x', normal(z, 1));
  }),
  { x: 5 },
);
const posterior = sample('z', normal(2.5, Math.SQRT1_2));

const boundsOf = ({ bounds }: Bracket): ReadonlyMap<string, Bracket['bounds'][number]> =>
  new Map(bounds.map((b) => [b.name, b]));

describe('evidence.bracket', () => {
  it('has every bound at log evidence where the guide is the posterior', async () => {
    const found = await evidence.bracket(model, posterior, { key: key(0), samples: 50, posterior });
    expect(found.bounds.map((b) => b.name)).toEqual([
      'ELBO',
      'IWAE(7)',
      'IWAE(50)',
      'reverse IWAE(7)',
      'EUBO, exact draws',
      'EUBO, weighted draws',
      'CUBO(2)',
    ]);
    for (const { total } of found.bounds) expect(total).toBeCloseTo(LOG_Z, 4);
    expect(found.evidence.paretoK[0]).toBe(-Infinity);
    expect(found.lower.nats).toBeLessThan(LOG_Z);
    expect(found.upper.nats).toBeGreaterThan(LOG_Z);
  });

  it('has the exact value of each bound for another guide, within five standard errors', async () => {
    // q = N(2, 1), p = N(2.5, ½). A false alarm has probability 6e-7 for each of five values.
    const [m, v] = [0.5, 0.5];
    const forward = 0.5 * (1 / v + m ** 2 / v - 1 + Math.log(v));
    const backward = 0.5 * (v + m ** 2 - 1 - Math.log(v));
    // log ∫ p² / q for normals: precision 2/v − 1.
    const precision = 2 / v - 1;
    const chi = 0.5 * Math.log(1 / (v * v * precision)) + (m ** 2 * 2) / v / (2 * precision);
    const found = await evidence.bracket(model, sample('z', normal(2, 1)), {
      key: key(1),
      samples: 20_000,
      particles: 10,
      chunk: 2000,
      posterior,
    });
    const bounds = boundsOf(found);
    const expected = {
      ELBO: LOG_Z - forward,
      'IWAE(20000)': LOG_Z,
      'EUBO, exact draws': LOG_Z + backward,
      'EUBO, weighted draws': LOG_Z + backward,
      'CUBO(2)': LOG_Z + chi / 2,
    };
    for (const [name, value] of Object.entries(expected)) {
      const bound = bounds.get(name);
      expect(Math.abs((bound?.total ?? NaN) - value), name).toBeLessThan(
        5 * (bound?.totalStandardError ?? 0),
      );
      expect(bound?.totalStandardError).toBeLessThan(0.03);
    }
    // Ten particles leave a gap of some Var[w] / 20 to either side.
    const [below, above] = [bounds.get('IWAE(10)'), bounds.get('reverse IWAE(10)')];
    expect(below?.total).toBeLessThan(LOG_Z);
    expect(above?.total).toBeGreaterThan(LOG_Z);
    expect((above?.total ?? NaN) - (below?.total ?? NaN)).toBeLessThan(0.1);
    expect(found.upper.nats - found.lower.nats).toBeLessThan(0.15);
  });

  it('takes exact draws as they are given, in order, for each element', async () => {
    const x = [1, -2, 0.5];
    const paired = condition(
      plate(
        'data',
        3,
        program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* sample('x', normal(z, 1));
        }),
      ),
      { x },
    );
    const guide = plate('data', 3, sample('z', normal(0.25, 2)));
    const rows = [
      [0.1, 0.2, 0.3],
      [1, -1, 2],
      [0, 0.5, -0.5],
      [3, 2, 1],
      [-1, 1, 0],
    ];
    const z = tf.tensor2d(rows);
    const found = await evidence.bracket(paired, guide, {
      key: key(2),
      samples: 12,
      particles: 2,
      chunk: 2,
      posterior: { z },
    });
    z.dispose();
    const eubo = boundsOf(found).get('EUBO, exact draws');
    x.forEach((datum, j) => {
      const exact = rows.map((row) => {
        const v = row[j] ?? 0;
        return logNormal(v, 0) + logNormal(datum, v) - logNormal(v, 0.25, 2);
      });
      expect(eubo?.values[j]).toBeCloseTo(mean(exact), 4);
    });
    expect(found.elements).toBe(3);
  });

  it('encloses log evidence as often as it says, whatever the guide', async () => {
    // Each bracket may fail with probability 0.1 at most; 13 of 40 with probability below 1e-4.
    let missed = 0;
    for (let run = 0; run < 40; run += 1) {
      const guide = sample('z', normal(1.5, run % 2 === 0 ? 0.4 : 2));
      const options = { key: key(run), samples: 36, posterior, confidence: 0.9, chunk: 36 };
      const { lower, upper } = await evidence.bracket(model, guide, options);
      expect([lower.holds, upper.holds]).toEqual(['withConfidence', 'withConfidence']);
      if (!(lower.nats <= LOG_Z && LOG_Z <= upper.nats)) missed += 1;
    }
    expect(missed).toBeLessThan(13);
  });

  it('says that its upper end is asymptotic where no draw is exact', async () => {
    const guide = sample('z', normal(2, 1));
    const found = await evidence.bracket(model, guide, { key: key(3), samples: 2000, chunk: 500 });
    expect(found.upper.holds).toBe('asymptotically');
    expect(found.lower.holds).toBe('withConfidence');
    expect(found.lower.nats).toBeLessThan(LOG_Z);
    expect(found.upper.nats).toBeGreaterThan(LOG_Z);
    expect(showBracket(found)).toMatch(/only where the guide covers the posterior/);
    const alone = await evidence(model, guide, { key: key(3), samples: 2000, chunk: 500 });
    expect(alone).toEqual(found.evidence);
    // A guide that misses most of the posterior: k̂ tends to 0.98.
    const narrow = sample('z', normal(2.5, 0.1));
    const sampling = { key: key(4), samples: 2000, chunk: 2000 };
    const missed = await evidence.bracket(model, narrow, sampling);
    expect(missed.upper.nats - LOG_Z).toBeGreaterThan(0.5);
    expect(showBracket(missed)).toMatch(/Do not believe the upper end/);
    expect(showBracket(found)).not.toMatch(/Do not believe/);
  });

  it('holds a chunk in memory, however many draws there are', async () => {
    const peakOf = async (samples: number): Promise<number> => {
      let peak = 0;
      const watched = program(function* () {
        const z = yield* sample('z', normal(0, 1));
        peak = Math.max(peak, tf.memory().numBytes);
        yield* sample('x', normal(z, 1));
      });
      const given = condition(watched, { x: 5 });
      await evidence.bracket(given, posterior, { key: key(0), samples, chunk: 20, posterior });
      return peak;
    };
    const few = await peakOf(40);
    expect(await peakOf(2000)).toBe(few);
  });

  it('frees what it makes', async () => {
    const guide = sample('z', normal(2, 1));
    const before = tf.memory().numTensors;
    await evidence.bracket(model, guide, { key: key(0), samples: 30, posterior });
    await evidence.bidirectional(posteriorModel, () => guide, {
      observed: ['x'],
      key: key(0),
      samples: 30,
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names what is missing or of the wrong shape', async () => {
    const guide = sample('z', normal(2, 1));
    const options = { key: key(0), samples: 4 };
    const bracketed = (more: object) => evidence.bracket(model, guide, { ...options, ...more });
    await expect(bracketed({ particles: 5 })).rejects.toThrow(/at most 4 particles.*5/);
    await expect(bracketed({ order: 1 })).rejects.toThrow(/order greater than 1/);
    await expect(bracketed({ confidence: 1 })).rejects.toThrow(/between 0 and 1/);
    await expect(bracketed({ posterior: sample('y', normal(0, 1)) })).rejects.toThrow(SiteError);
    const wide = tf.zeros([3, 2]);
    await expect(bracketed({ posterior: { z: wide } })).rejects.toThrow(/'z'.*posterior draws/);
    wide.dispose();
    await expect(
      // @ts-expect-error -- refused
      evidence.bidirectional(posteriorModel, () => guide, { ...options, observed: ['y'] }),
    ).rejects.toThrow(/site 'y': expected one that the model draws.*'z', 'x'/);
  });
});

const posteriorModel = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* sample('x', normal(z, 1));
});

describe('evidence.bidirectional', () => {
  it('is exact on simulated data at the posterior', async () => {
    const simulated = plate('data', 40, posteriorModel);
    const found = await evidence.bidirectional(
      simulated,
      ({ x = tf.scalar(0) }) =>
        plate('data', 40, sample('z', normal(tf.mul(x, 0.5), Math.SQRT1_2))),
      { observed: ['x'], key: key(4), samples: 20 },
    );
    const [first] = found.bounds;
    for (const b of found.bounds) expect(b.total).toBeCloseTo(first?.total ?? NaN, 3);
    // E log p(x) = −½ log(4πe) for a datum, with variance ½; five standard deviations of the mean of 40.
    const entropy = 0.5 * Math.log(4 * Math.PI * Math.E);
    expect(Math.abs((first?.total ?? NaN) / 40 + entropy)).toBeLessThan(5 * Math.sqrt(0.5 / 40));
    expect(found.upper.holds).toBe('withConfidence');
  });
});

describe('evaluator.bracket', () => {
  it.each(['onnxruntime', 'javascript'] as const)(
    'agrees with the eager one, %s',
    async (executor) => {
      const inference = svi({
        model: (x: Tensor) => condition(plate('data', x.size, posteriorModel), { x }),
        guide: (x: Tensor) =>
          plate(
            'data',
            x.size,
            program(function* () {
              const loc = yield* param('loc', 0.3);
              yield* sample('z', normal(tf.add(tf.mul(x, 0.4), loc), 0.9));
            }),
          ),
        objective: elbo(),
        optimizer: sgd(0.1),
      });
      const x = tf.tensor1d([1, -1, 0.5, 2]);
      const state = inference.init(key(0), x);
      const evaluation = evaluator(inference, { executor, engine: 'compiled' });
      const exact = plate('data', 4, sample('z', normal(tf.mul(x, 0.5), Math.SQRT1_2)));
      const options = { key: key(1), samples: 30, chunk: 8, posterior: exact };
      const compiled = await evaluation.bracket(state, x, options);
      const eager = await evidence.bracket(inference.model(x), inference.guide(x), {
        ...options,
        params: state.params,
      });
      eager.bounds.forEach((b, i) => expect(compiled.bounds[i]?.total).toBeCloseTo(b.total, 4));
      expect(compiled.lower.nats).toBeCloseTo(eager.lower.nats, 4);
      expect(compiled.upper.nats).toBeCloseTo(eager.upper.nats, 4);
      await evaluation.close();
      freeState(state);
      tf.dispose([x]);
    },
  );
});

describe('a picture of a bracket', () => {
  it('marks every bound inside it, and the ends', async () => {
    const options = { key: key(0), samples: 100, posterior };
    const found = await evidence.bracket(model, sample('z', normal(2, 1)), options);
    const svg = bracketPlot(found, { title: 'a < b & c', exact: LOG_Z });
    expect(svg).toContain('a &lt; b &amp; c');
    const width = Number(/<svg[^>]* width="(\d+)"/.exec(svg)?.[1]);
    const marks = [...svg.matchAll(/<circle cx="([\d.]+)" .*? fill="(\S+?)"/g)];
    expect(marks).toHaveLength(found.bounds.length);
    const places = marks.map((m) => Number(m[1]));
    const order = (xs: readonly number[]): readonly number[] =>
      [...xs.keys()].toSorted((i, j) => (xs[i] ?? 0) - (xs[j] ?? 0));
    expect(order(places)).toEqual(order(found.bounds.map((b) => b.total)));
    places.forEach((at) => expect(0 < at && at < width).toBe(true));
    expect(marks.map((m) => m[2] === 'white')).toEqual(
      found.bounds.map((b) => b.holds === 'asymptotically'),
    );
    expect(svg).not.toContain('NaN');
  });
});
