/**
 * Gradient estimators that differ draw by draw agree in expectation. The expectation over the noise
 * of K particles is a trapezoidal rule: a plate has one element for each of its points, with
 * parameters of its own, so that each element's gradient can be weighed by its point.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Program,
  type Tensor,
  beta,
  bijectors,
  elbo,
  expand,
  gamma,
  independent,
  iwae,
  logNormal,
  mask,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  transformed,
  uniform,
} from 'marginalia';
import { scoreFunction } from 'marginalia/estimators';
import type { Params } from 'marginalia/inference';
import { cubo, eubo, renyi, varGrad, vimco } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { expectNear } from '../../double.js';
import { estimateAt } from '../estimate-at.js';

/** Points x with weights h φ(x): for smooth functions the error falls exponentially in 1/h. */
const rule = (h: number, reach: number): readonly { readonly x: number; readonly w: number }[] =>
  Array.from({ length: 2 * Math.round(reach / h) + 1 }, (_, i) => {
    const x = i * h - reach;
    return { x, w: (h * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI) };
  });

interface Setting {
  readonly sites: readonly string[];
  readonly particles: number;
  readonly h: number;
  readonly reach: number;
  readonly values: Readonly<Record<string, number>>;
  readonly model: (elements: number) => Program<unknown, unknown>;
  readonly guide: (elements: number) => Program<unknown, unknown>;
}

/** The expected gradient for each parameter. */
const expectedGradients = (
  { sites, particles, h, reach, values, model, guide }: Setting,
  objective: Objective,
): Readonly<Record<string, number>> => {
  const points = rule(h, reach);
  const axes = sites.length * particles;
  const elements = points.length ** axes;
  const digit = (element: number, axis: number): number =>
    Math.floor(element / points.length ** axis) % points.length;
  const noise: NoiseSource = (site, _block, { shape }, batch) =>
    tf.tensor(
      Float32Array.from({ length: particles * elements }, (_, i) => {
        const [k, element] = [Math.floor(i / elements), i % elements];
        return points[digit(element, sites.indexOf(site) * particles + k)]?.x ?? NaN;
      }),
      [...batch, ...shape],
    );
  const weights = Float64Array.from({ length: elements }, (_, element) =>
    Array.from({ length: axes }, (__, axis) => points[digit(element, axis)]?.w ?? NaN).reduce(
      (a, b) => a * b,
      1,
    ),
  );
  const params: Params = Object.fromEntries(
    Object.entries(values).map(([name, x]) => [name, tf.fill([elements], x)]),
  );
  const { gradients } = estimateAt(model(elements), guide(elements), objective, { noise, params });
  tf.dispose(params);
  return Object.fromEntries(
    Object.entries(gradients).map(([name, g]) => [
      name,
      g.reduce((sum, x, i) => sum + x * (weights[i] ?? NaN), 0),
    ]),
  );
};

/** One latent site; `shift` belongs to both the prior and the guide. */
const one: Setting = {
  sites: ['z'],
  particles: 2,
  h: 0.5,
  reach: 5.5,
  values: { shift: 0.4, loc: 0.3, scale: -0.3, slope: 0.8, noise: 0.1 },
  model: (elements) =>
    plate(
      'data',
      elements,
      program(function* () {
        const z = yield* sample('z', normal(yield* param('shift', 0), 1));
        const noise = yield* param('noise', 1, { support: positive });
        yield* observe('x', normal(tf.mul(yield* param('slope', 1), z), noise), 1.1);
      }),
    ),
  guide: (elements) =>
    plate(
      'data',
      elements,
      program(function* () {
        const loc = tf.add(yield* param('loc', 0), yield* param('shift', 0));
        yield* sample('z', normal(loc, yield* param('scale', 1, { support: positive })));
      }),
    ),
};

/** Two, of which the guide draws the second first and the first from it. */
const two: Setting = {
  sites: ['z1', 'z2'],
  particles: 2,
  h: 0.65,
  reach: 4.55,
  values: { noise: 0.1, weight: 0.7, loc: 0.3, s2: -0.2, c: -0.3, s1: 0.3 },
  model: (elements) =>
    plate(
      'data',
      elements,
      program(function* () {
        const z1 = yield* sample('z1', normal(0, 1));
        const z2 = yield* sample('z2', normal(tf.mul(yield* param('weight', 1), z1), 1));
        yield* observe('x', normal(z2, yield* param('noise', 1, { support: positive })), 0.9);
      }),
    ),
  guide: (elements) =>
    plate(
      'data',
      elements,
      program(function* () {
        const s2 = yield* param('s2', 1, { support: positive });
        const z2 = yield* sample('z2', normal(yield* param('loc', 0), s2));
        const loc = tf.mul(yield* param('c', 0), z2);
        yield* sample('z1', normal(loc, yield* param('s1', 1, { support: positive })));
      }),
    ),
};

const { particles } = one;
const gradient = 'doublyReparameterised';

const expectAgreement = (setting: Setting, a: Objective, b: Objective, tolerance: number): void => {
  const [found, plain] = [expectedGradients(setting, a), expectedGradients(setting, b)];
  expect(Object.keys(found)).toEqual(Object.keys(setting.values));
  for (const [name, g] of Object.entries(plain)) {
    expect(Math.abs(g)).toBeGreaterThan(0.01);
    expectNear(found[name] ?? NaN, g, tolerance);
  }
};

/** Most draws lie where float32 rounds the map to a bound: `reach` scales reach beyond ±110. */
const saturated: Readonly<
  Record<
    string,
    { readonly law: (x: Tensor, s: Tensor) => Distribution; readonly prior: () => Distribution }
  >
> = {
  'an underflowing softplus under a gamma': {
    law: (loc, scale) => transformed(normal(loc, scale), bijectors.softplus),
    prior: () => gamma(2, 1),
  },
  'a sigmoid that reaches 1 under a beta': {
    law: (loc, scale) => transformed(normal(loc, scale), bijectors.sigmoidTo(0, 1)),
    prior: () => beta(2, 1.5),
  },
  'a sigmoid that reaches 2 under a uniform': {
    law: (loc, scale) => transformed(normal(loc, scale), bijectors.sigmoidTo(0, 2)),
    prior: () => uniform(0, 2),
  },
  'joint laws of parts': {
    law: (loc, scale) =>
      independent(
        expand(
          transformed(normal(tf.expandDims(loc, -1), tf.expandDims(scale, -1)), bijectors.softplus),
          [loc.size, 1],
        ),
      ),
    prior: () => independent(mask(expand(gamma(2, 1), [1]), [1])),
  },
};

// A name that types do not see lets one table hold every family.
const nameOf = (name: string): string => name;

const saturatedSetting = (name: string, count: number): Setting => {
  const { law, prior } = saturated[name] ?? { law: normal, prior: () => normal(0, 1) };
  const event = prior().eventShape.length;
  return {
    sites: ['z'],
    particles: count,
    h: count === 1 ? 0.02 : 0.08,
    reach: 5.52,
    values: { loc: -2, scale: Math.log(25) },
    model: (elements) =>
      plate(
        'data',
        elements,
        program(function* () {
          const z = yield* sample(nameOf('z'), prior());
          const number = event === 1 ? tf.squeeze(z, [-1]) : z;
          yield* observe('x', normal(tf.mul(number, 0.05), 1), 0.4);
        }),
      ),
    guide: (elements) =>
      plate(
        'data',
        elements,
        program(function* () {
          const loc = yield* param('loc', 0);
          yield* sample(nameOf('z'), law(loc, yield* param('scale', 1, { support: positive })));
        }),
      ),
  };
};

describe('where float32 rounds draws to a bound of the support', () => {
  it.each(Object.keys(saturated))('%s: gradients are finite, and the plain ones', (name) => {
    const drawn = tf.tensor1d([-5.5, 5.5]);
    const { law } = saturated[name] ?? { law: normal };
    const edges = [
      ...law(tf.mul(drawn, 25), tf.ones([2]))
        .sampler.draw([tf.zeros([2])])
        .value.dataSync(),
    ];
    expect(edges.some((z) => z === 0 || z === 1 || z === 2)).toBe(true);
    const landing = elbo({ gradient: 'stickingTheLanding' });
    const score = elbo({ estimators: { z: scoreFunction() } });
    for (const objective of [landing, score]) {
      expectAgreement(saturatedSetting(name, 1), objective, elbo(), 1e-3);
    }
    const pair = saturatedSetting(name, 2);
    const plain = iwae({ particles: 2 });
    for (const objective of [iwae({ particles: 2, gradient }), vimco({ particles: 2 })]) {
      expectAgreement(pair, objective, plain, 3e-3);
    }
    expectAgreement(pair, varGrad({ particles: 2 }), elbo({ particles: 2 }), 3e-3);
    for (const objective of [eubo({ particles: 2 }), cubo({ particles: 2 })]) {
      const found = expectedGradients(pair, objective);
      expect(Object.values(found).every(Number.isFinite)).toBe(true);
    }
  });

  it('log-normal draws and gamma priors are compared at logarithms that float32 cannot exponentiate', () => {
    // Beyond 2⁻¹⁰⁰ log p of a gamma is 2 x less a constant, so the bound's slope in the location is 2.
    const setting: Setting = {
      ...saturatedSetting('', 1),
      values: { loc: -90, scale: 0 },
      model: (elements) =>
        plate(
          'data',
          elements,
          program(function* () {
            yield* sample('z', gamma(2, 1));
          }),
        ),
      guide: (elements) =>
        plate(
          'data',
          elements,
          program(function* () {
            const scale = yield* param('scale', 1, { support: positive });
            yield* sample('z', logNormal(yield* param('loc', 0), scale));
          }),
        ),
    };
    for (const objective of [elbo(), elbo({ gradient: 'stickingTheLanding' })]) {
      expectNear(expectedGradients(setting, objective)['loc'] ?? NaN, 2, 1e-4);
    }
  });
});

describe('in expectation', () => {
  it.each([
    ['iwae', iwae({ particles, gradient }), iwae({ particles })],
    ['iwae of one particle', iwae({ particles: 1, gradient }), iwae({ particles: 1 })],
    ['vimco and iwae', vimco({ particles }), iwae({ particles })],
    ['elbo', elbo({ gradient: 'stickingTheLanding' }), elbo()],
    ['varGrad and elbo', varGrad({ particles }), elbo()],
    ['renyi', renyi({ alpha: 0.5, particles, gradient }), renyi({ alpha: 0.5, particles })],
    ['renyi above 1', renyi({ alpha: 1.5, particles, gradient }), renyi({ alpha: 1.5, particles })],
    ['renyi below 0', renyi({ alpha: -1, particles, gradient }), renyi({ alpha: -1, particles })],
  ])('%s has the plain gradient, a shared parameter among them', (_, a, b) => {
    const of = (objective: Objective): Setting => ({ ...one, particles: objective.particles });
    if (a.particles === b.particles) expectAgreement(of(a), a, b, 3e-4);
    else {
      const [found, plain] = [expectedGradients(of(a), a), expectedGradients(of(b), b)];
      for (const [name, g] of Object.entries(plain)) expectNear(found[name] ?? NaN, g, 3e-4);
    }
  });

  it('a chain of sites has it as well', () => {
    expectAgreement(two, iwae({ particles, gradient }), iwae({ particles }), 1e-3);
    const single = { ...two, particles: 1, h: 0.5, reach: 5 };
    expectAgreement(single, elbo({ gradient: 'stickingTheLanding' }), elbo(), 5e-4);
  });
});
