/**
 * Laws of the ELBO over generated linear-Gaussian models, whose evidence, posterior and bounds are
 * known in double precision. At sigma points an average over particles is the exact expectation, so
 * these laws involve no chance.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  delta,
  derive,
  deterministic,
  elbo,
  factor,
  key,
  logDensity,
  normal,
  observe,
  plate,
  program,
  sample,
  trace,
} from 'marginalia';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import {
  type LinearGaussian,
  type LinearNetwork,
  type LinearNode,
  elementName,
  linearGaussian,
  networkProgram,
  sigmaPoints,
  unrolled,
} from '../../src/testing/cases/linear-gaussian/index.js';
import { derivationOf, estimateAt } from './estimate-at.js';

/** Float32 against double precision, relative to numbers of about the evidence's size. */
const TOLERANCE = 1e-4;

const expectNear = (found: number, exact: number): void =>
  expect(Math.abs(found - exact)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(exact)));

const sizeOf = ({ offsets }: LinearNode): number => offsets[0]?.length ?? 0;

const pointsFor = (guide: LinearNetwork): ReturnType<typeof sigmaPoints> =>
  sigmaPoints(guide.nodes.map((n) => ({ site: n.name, size: sizeOf(n) })));

const forAll = (runs: number, law: (m: LinearGaussian) => void): void =>
  fc.assert(fc.property(linearGaussian({ parameters: false }), law), { numRuns: runs, seed: 20 });

/** Axes that the plates of a network take. */
const depthOf = ({ plates, nodes }: LinearNetwork): number =>
  Math.max(
    0,
    ...nodes.flatMap((n) =>
      n.plates.map((name, i) => -(plates.find((p) => p.name === name)?.axis ?? -1 - i)),
    ),
  );

const choices = ['whereValid', 'never'] as const;

describe('the bound of a linear-Gaussian model', () => {
  it('is the exact one, and below log evidence, for any guide', () =>
    forAll(40, ({ model, guide, guideNetwork, guideElbo, logEvidence }) => {
      const { particles, noise } = pointsFor(guideNetwork);
      expect(guideElbo).toBeLessThan(logEvidence);
      for (const closedFormKl of choices) {
        const objective = elbo({ particles, closedFormKl });
        expectNear(estimateAt(model, guide, objective, { noise }).value, guideElbo);
      }
    }));

  it('is log evidence at the posterior, with closed forms and without', () =>
    forAll(25, ({ model, posterior, posteriorNetwork, logEvidence }) => {
      const { particles, noise } = pointsFor(posteriorNetwork);
      for (const closedFormKl of choices) {
        const objective = elbo({ particles, closedFormKl });
        expectNear(estimateAt(model, posterior, objective, { noise }).value, logEvidence);
      }
    }));

  it('is log evidence at every draw of the posterior, for one particle and for many', () =>
    forAll(25, ({ network, model, posterior, posteriorNetwork, logEvidence }) => {
      for (const particles of [1, 3]) {
        const objective = elbo({ particles, closedFormKl: 'never' });
        const { value } = estimateAt(model, posterior, objective, {
          noise: keyedNoise(key(particles)),
        });
        expectNear(value, logEvidence);
        tf.tidy(() => {
          const draws = trace(posterior, { key: key(9), particles });
          // A guide without the model's plates has no axes for them beside the particles.
          const missing = depthOf(network) - depthOf(posteriorNetwork);
          const axes = Array.from({ length: particles > 1 ? missing : 0 }, () => 1);
          const values = Object.fromEntries(
            Object.values(draws.sites).map((s) => [
              s.name,
              axes.length === 0
                ? s.value
                : tf.reshape(s.value, [particles, ...axes, ...s.value.shape.slice(1)]),
            ]),
          );
          const weights = tf.sub(logDensity(model, { values, particles }), draws.logJoint);
          expect(weights.shape).toEqual(particles === 1 ? [] : [particles]);
          for (const w of weights.dataSync()) expectNear(w, logEvidence);
        });
      }
    }));
});

/** The sites that come from `site` in a network, at any remove. */
const descendants = ({ nodes }: LinearNetwork, site: string): ReadonlySet<string> =>
  nodes.reduce(
    (found, n) =>
      Object.keys(n.parents).some((p) => p === site || found.has(p))
        ? new Set([...found, n.name])
        : found,
    new Set<string>(),
  );

describe('a closed-form divergence', () => {
  it("is taken exactly where the prior's parents are not drawn from the site", () => {
    const seen = new Set<string>();
    forAll(30, ({ network, model, guide, guideNetwork }) => {
      const { latents } = derivationOf(model, guide, elbo());
      expect(latents.length).toBeGreaterThan(0);
      for (const { name, divergence, whyDivergence } of latents) {
        const parents = network.nodes.find((n) => n.name === name)?.parents ?? {};
        const later = descendants(guideNetwork, name);
        const isMeanField = !Object.keys(parents).some((p) => later.has(p));
        expect(divergence).toBe(isMeanField ? 'closedForm' : 'sampled');
        expect(whyDivergence).toContain(`'${name}'`);
        seen.add(divergence);
      }
    });
    expect([...seen].toSorted()).toEqual(['closedForm', 'sampled']);
  });

  it('is refused where the prior has a parent through the slope of a function', () => {
    const model = program(function* () {
      const z1 = yield* sample('z1', normal(0, 1));
      // The slope of exp is exp itself: the engine saves its value for it.
      yield* sample('z2', normal(tf.grad((v: tf.Tensor) => tf.exp(v))(z1), 0.5));
    });
    const guide = program(function* () {
      const z2 = yield* sample('z2', normal(0.7, 0.8));
      yield* sample('z1', normal(z2, 0.3));
    });
    const { latents } = derive(model, guide, elbo());
    expect(latents.map((l) => l.divergence)).toEqual(['closedForm', 'sampled']);
  });

  it('is refused, with the reason, for a guide that goes backwards', () => {
    const model = program(function* () {
      const z1 = yield* sample('z1', normal(0, 1));
      const z2 = yield* sample('z2', normal(z1, 0.5));
      yield* observe('x', normal(z2, 1), 1.5);
    });
    const guide = program(function* () {
      const z2 = yield* sample('z2', normal(0.7, 0.8));
      yield* sample('z1', normal(tf.mul(z2, 0.6), 0.3));
    });
    const { latents, terms } = derive(model, guide, elbo());
    expect(latents.map((l) => [l.name, l.divergence])).toEqual([
      ['z1', 'closedForm'],
      ['z2', 'sampled'],
    ]);
    expect(latents[1]?.whyDivergence).toBe(
      "the prior of 'z2' depends on sites that the guide draws from 'z2', so its closed form would be wrong",
    );
    expect(terms.map((t) => `${t.kind} ${t.site}`)).toEqual([
      'kl z1',
      'logPrior z2',
      'entropy z2',
      'logLikelihood x',
    ]);
    // E_q log p(z2 | z1) needs the joint law of both: z2 − z1 is N(0.28, 0.4² 0.64 + 0.09).
    const { particles, noise } = sigmaPoints([
      { site: 'z1', size: 1 },
      { site: 'z2', size: 1 },
    ]);
    const found = estimateAt(model, guide, elbo({ particles }), { noise });
    const gap = 0.28 ** 2 + 0.4 ** 2 * 0.64 + 0.09;
    expect(found.terms['logPrior z2']).toBeCloseTo(
      -0.5 * Math.log(2 * Math.PI) - Math.log(0.5) - 0.5 * (gap / 0.25),
      5,
    );
  });

  it('is kept for a guide that goes the same way', () => {
    const chain = (loc: number): Program<unknown, tf.Tensor> =>
      program(function* () {
        const z1 = yield* sample('z1', normal(loc, 1));
        return yield* sample('z2', normal(tf.mul(z1, 2), 1));
      });
    const { latents } = derivationOf(chain(0), chain(1), elbo());
    expect(latents.map((l) => l.divergence)).toEqual(['closedForm', 'closedForm']);
  });
});

/** The axis of a plate among those of a site that lies in it, counted from the left. */
const axisOf = (network: LinearNetwork, node: LinearNode, along: string): number => {
  const axes = node.plates.map(
    (name, i) => network.plates.find((p) => p.name === name)?.axis ?? -1 - i,
  );
  return (axes[node.plates.indexOf(along)] ?? 0) + Math.max(...axes.map((a) => -a));
};

/** The noise of one element where the whole plate's is known. */
const elementNoise =
  (whole: NoiseSource, network: LinearNetwork, { name, size }: { name: string; size: number }) =>
  (...[site, block, noise, batch]: Parameters<NoiseSource>): tf.Tensor => {
    const [, looped = '', element] = /^(.*)\[(\d+)\]$/.exec(site) ?? [];
    const node = network.nodes.find((n) => n.name === looped && n.plates.includes(name));
    if (node === undefined) return whole(site, block, noise, batch);
    const axis = axisOf(network, node, name);
    const rest = batch.slice(0, axis).concat(node.plates.length > 1 ? batch.slice(axis) : []);
    const all = [...rest.slice(0, axis), size, ...rest.slice(axis + (rest[axis] === 1 ? 1 : 0))];
    const one = tf.gather(whole(looped, block, noise, all), Number(element), axis);
    return tf.reshape(one, [...batch, ...noise.shape]);
  };

describe('a plate', () => {
  it('is a loop over sites with computed names', () => {
    const looped = { nested: 0, crossed: 0 };
    forAll(30, ({ network, model, guide, guideNetwork }) => {
      const [outer] = network.plates;
      if (outer === undefined) return;
      const isDeep = network.nodes.some((n) => n.plates.length > 1);
      if (isDeep) looped[outer.axis === undefined ? 'nested' : 'crossed'] += 1;
      const loopModel = networkProgram(unrolled(network, outer.name), { of: 'model' });
      const loopGuide = networkProgram(unrolled(guideNetwork, outer.name), { of: 'guide' });
      const whole = keyedNoise(key(4));
      const one = elementNoise(whole, network, outer);
      for (const closedFormKl of choices) {
        const objective = elbo({ closedFormKl });
        const plated = estimateAt(model, guide, objective, { noise: whole }).value;
        expectNear(estimateAt(loopModel, loopGuide, objective, { noise: one }).value, plated);
      }
      tf.tidy(() => {
        const { sites } = trace(guide, { key: key(5) });
        const values = Object.fromEntries(
          network.nodes.flatMap((n) => {
            const value = sites[n.name]?.value;
            if (value === undefined) return [];
            if (!n.plates.includes(outer.name)) return [[n.name, value] as const];
            const axis = axisOf(network, n, outer.name);
            const isKept = outer.axis !== undefined && n.plates.length > 1;
            return Array.from({ length: outer.size }, (_, i) => {
              const element = tf.gather(value, i, axis);
              const placed = isKept ? tf.expandDims(element, axis) : element;
              return [elementName(n.name, i), placed] as const;
            });
          }),
        );
        const plated = logDensity(model, {
          values: Object.fromEntries(Object.values(sites).map((s) => [s.name, s.value])),
        });
        expectNear(
          logDensity(loopModel, { values }).dataSync()[0] ?? NaN,
          plated.dataSync()[0] ?? NaN,
        );
      });
    });
    expect(Math.min(looped.nested, looped.crossed)).toBeGreaterThan(2);
  });
});

describe('particles', () => {
  it('side by side are single draws in turn, of the same noise', () =>
    forAll(15, ({ model, guide }) => {
      const particles = 3;
      const all = keyedNoise(key(6));
      const together = estimateAt(model, guide, elbo({ particles, closedFormKl: 'never' }), {
        noise: all,
      });
      const single = (particle: number): number =>
        estimateAt(model, guide, elbo({ closedFormKl: 'never' }), {
          noise: (site, block, noise, batch) =>
            tf.gather(all(site, block, noise, [particles, ...batch]), particle),
        }).value;
      expectNear(together.value, (single(0) + single(1) + single(2)) / particles);
    }));

  it('are independent across sites and across elements', () => {
    const guide = program(function* () {
      yield* sample('a', normal(0, 1));
      yield* sample('b', normal(0, 1));
      yield* plate('data', 2, sample('c', normal(0, 1)));
    });
    // 4 columns of 4000 draws: |√n r| > 4.5 for any of 6 pairs has probability 4e-5.
    const particles = 4000;
    const columns = tf.tidy(() => {
      const { sites } = trace(guide, { key: key(8), particles });
      const rows = Object.values(sites).map((s) => tf.reshape(s.value, [particles, -1]));
      return tf.transpose(tf.concat(rows, 1)).arraySync();
    });
    const table: readonly (readonly number[])[] = Array.isArray(columns)
      ? columns.flatMap((c) => (Array.isArray(c) ? [c.map(Number)] : []))
      : [];
    expect(table).toHaveLength(4);
    for (const [i, a] of table.entries()) {
      for (const b of table.slice(0, i)) {
        const r = a.reduce((sum, x, k) => sum + x * (b[k] ?? NaN), 0) / Math.sqrt(particles);
        expect(Math.abs(r)).toBeLessThan(4.5);
      }
    }
  });
});

describe('terms that are not divergences', () => {
  const joint = (z: number): number => -0.5 * z ** 2 - 0.5 * (2 - z) ** 2 - Math.log(2 * Math.PI);
  const model = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* deterministic('double', tf.mul(z, 2));
    yield* observe('x', normal(z, 1), 2);
  });
  const noise = keyedNoise(key(0));

  it('a point mass makes the bound the log joint there', () => {
    expect(estimateAt(model, sample('z', delta(0.3)), elbo(), { noise }).value).toBeCloseTo(
      joint(0.3),
      5,
    );
  });

  it('a factor is added as it is, and a deterministic site adds nothing', () => {
    const guide = sample('z', delta(0.3));
    const soft = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', normal(z, 1), 2);
      yield* factor('f', tf.mul(z, -3));
      yield* plate('data', { size: 6, indices: tf.tensor1d([1, 4], 'int32') }, factor('g', 0.5));
    });
    const found = estimateAt(soft, guide, elbo(), { noise });
    expect(found.value).toBeCloseTo(joint(0.3) - 0.9 + 3, 5);
    expect(found.terms['factor f']).toBeCloseTo(-0.9, 5);
    expect(found.terms['factor g']).toBeCloseTo(3, 5);
  });

  it('the terms sum to the value', () => {
    const { value, terms } = estimateAt(model, sample('z', normal(1, 0.5)), elbo(), { noise });
    expect(Object.keys(terms)).toEqual(['kl z', 'logLikelihood x']);
    expect(Object.values(terms).reduce((a, b) => a + b, 0)).toBeCloseTo(value, 5);
    expect(terms['kl z']).toBeLessThan(0);
  });
});
