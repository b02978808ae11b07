/**
 * Objectives that weigh the terms of the ELBO or add to it: β and penalties. Each against plain sums
 * in double precision at noise that the test chooses.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  SiteError,
  type Tensor,
  bernoulli,
  derive,
  deterministic,
  elbo,
  independent,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  showDerivation,
  svi,
} from 'marginalia';
import {
  type Joint,
  betaElbo,
  derivationToLatex,
  paramsIn,
  penalized,
  valuesIn,
} from 'marginalia/objectives';
import { linearSchedule } from 'marginalia/optimizers';
import { keyedNoise } from 'marginalia/random';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import { expectNear, logNormal, scalars } from '../../double.js';
import { type At, type Found, derivationOf, estimateAt } from '../estimate-at.js';

const first = (found: Found, name: string): number => found.gradients[name]?.[0] ?? NaN;

/** A normal and a coin, each with a divergence. */
const values = { loc: 0.4, scale: -0.3, l: 0.7, noise: 0.2 };
const model = program(function* () {
  const noise = yield* param('noise', 1, { support: positive });
  yield* plate(
    'data',
    3,
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const c = yield* sample('c', bernoulli({ probs: 0.3 }));
      yield* observe('x', normal(tf.add(z, c), noise), [0.5, -1, 2]);
    }),
  );
});
const guide = program(function* () {
  const [loc, l] = [yield* param('loc', 0), yield* param('l', 0)];
  const scale = yield* param('scale', 1, { support: positive });
  yield* plate(
    'data',
    3,
    program(function* () {
      yield* sample('z', normal(loc, scale));
      yield* sample('c', bernoulli({ logits: l }));
    }),
  );
});
const at = (objective: Objective, more: Partial<At> = {}): Found => {
  const params = scalars(values);
  const found = estimateAt(model, guide, objective, { noise: keyedNoise(key(3)), params, ...more });
  tf.dispose(params);
  return found;
};

describe.each([
  { closedFormKl: 'whereValid', discrete: 'enumerate' },
  { closedFormKl: 'never', discrete: 'enumerate' },
  { closedFormKl: 'never', discrete: 'score' },
] as const)('the β-ELBO, closed forms $closedFormKl, by $discrete', (options) => {
  const all = { ...options, particles: 2 };
  const [none, one] = [at(betaElbo({ ...all, beta: 0 })), at(betaElbo({ ...all, beta: 1 }))];

  it('is the ELBO for β = 1, and in between a line', () => {
    const plain = at(elbo(all));
    const mixed = at(betaElbo({ ...all, beta: 4 }));
    expectNear(one.value, plain.value, 1e-6);
    expectNear(mixed.value, none.value + 4 * (one.value - none.value), 1e-5);
    expect(none.value).toBeGreaterThan(one.value);
    for (const name of Object.keys(values)) {
      expectNear(first(one, name), first(plain, name), 1e-6);
      const line = first(none, name) + 4 * (first(one, name) - first(none, name));
      expectNear(first(mixed, name), line, 2e-5);
    }
    expect(Object.keys(none.terms)).toEqual(['logLikelihood x']);
  });

  it('has a β for each site, and one that depends on the step', () => {
    const onlyZ = at(betaElbo({ ...all, beta: { z: 0 } }));
    const onlyC = at(betaElbo({ ...all, beta: { c: 0 } }));
    expectNear(onlyZ.value + onlyC.value, one.value + none.value, 1e-5);
    expect(Math.abs(onlyZ.value - onlyC.value)).toBeGreaterThan(0.01);
    const annealed = betaElbo({ ...all, beta: linearSchedule(0, 1, 10) });
    for (const [step, weight] of [
      [0, 0],
      [4, 0.4],
      [99, 1],
    ] as const) {
      const found = at(annealed, { step: tf.scalar(step) });
      expectNear(found.value, none.value + weight * (one.value - none.value), 1e-5);
      const slope = first(none, 'loc') + weight * (first(one, 'loc') - first(none, 'loc'));
      expectNear(first(found, 'loc'), slope, 2e-5);
    }
  });
});

describe('the β-ELBO', () => {
  it('refuses a β for a site that is not there', () => {
    const objective = betaElbo({ beta: { z: 0.5, typo: 0 } });
    const derived = (o: Objective): unknown => derivationOf(model, guide, o, scalars(values));
    expect(() => derived(objective)).toThrow(
      "site 'typo': expected a latent site of the guide, where betaElbo names it, but got none of this name. There are 'z', 'c'.",
    );
    expect(() => derived(penalized(objective, {}))).toThrow("site 'typo'");
  });

  it('says what it is, and that it is a bound only from 1 on', () => {
    const show = (objective: Objective): string =>
      showDerivation(derivationOf(model, guide, objective, scalars(values)));
    expect(
      show(betaElbo({ beta: 4 }))
        .split('\n')
        .slice(0, 4),
    ).toEqual([
      'log p(data) ≥ β-ELBO =',
      '  - 4 Σ_data KL(q(z) ‖ p(z))',
      '  - 4 Σ_data KL(q(c) ‖ p(c))',
      '  + Σ_data E_q[log p(x | z, c)]',
    ]);
    const byStep = linearSchedule(0, 1, 10);
    expect(
      show(betaElbo({ beta: { z: 0.5, c: byStep } }))
        .split('\n')
        .slice(0, 3),
    ).toEqual(['β-ELBO =', '  - 0.5 Σ_data KL(q(z) ‖ p(z))', '  - β(step) Σ_data KL(q(c) ‖ p(c))']);
  });

  it('stands beside the scale of a subsample', () => {
    const part = plate('data', { size: 6, subsample: 3 }, sample('z', normal(0, 1)));
    const derivation = derive(part, part, betaElbo({ beta: 4 }));
    expect(showDerivation(derivation).split('\n')[1]).toBe('  - 4 · 2 Σ_data KL(q(z) ‖ p(z))');
    expect(derivationToLatex(derivation).split('\n').slice(1, 3)).toEqual([
      '\\log p(\\mathrm{data}) \\ge \\mathrm{\\beta-ELBO} = {}',
      '& - 4 \\cdot 2 \\sum_{\\mathrm{data}} \\mathrm{KL}\\left(q(z) \\,\\|\\, p(z)\\right) \\\\',
    ]);
  });

  it('refuses what makes no sense', () => {
    expect(() => betaElbo({ beta: -1 })).toThrow('beta to be at least 0, but got -1');
    expect(() => betaElbo({ beta: { z: NaN } })).toThrow(RangeError);
    expect(() => at(betaElbo({ beta: linearSchedule(0, 1, 10) }))).toThrow('how many steps');
  });
});

describe('penalties', () => {
  const decay = penalized(iwae({ particles: 2, gradient: 'pathwise' }), {
    decay: (joint) => tf.mul(tf.square(paramsIn(joint, 'loc').loc), 3),
    spread: (joint) => tf.sum(tf.square(valuesIn(joint, 'guide', 'z').z)),
  });

  it('are subtracted, with their gradient through parameters and draws', () => {
    const plain = at(iwae({ particles: 2 }));
    const found = at({
      ...decay,
      meaning: { ...decay.meaning, requires: { support: 'within', gradient: 'any' } },
    });
    const zs = tf.tidy(() => {
      const e = keyedNoise(key(3))('z', 0, { law: 'normal', shape: [] }, [2, 3]);
      return [...e.dataSync()].map((x) => 0.4 + Math.exp(-0.3) * x);
    });
    const spread = zs.reduce((sum, z) => sum + z * z, 0);
    expectNear(found.value, plain.value - 3 * 0.16 - spread, 1e-5);
    expectNear(found.terms['penalty decay'] ?? NaN, -0.48, 1e-6);
    const pull = zs.reduce((sum, z) => sum + 2 * z, 0);
    expectNear(first(found, 'loc'), first(plain, 'loc') - 6 * 0.4 - pull, 1e-5);
    expectNear(first(found, 'noise'), first(plain, 'noise'), 1e-6);
  });

  it('refuse a name that no parameter and no value has', () => {
    const lost = (penalty: (joint: Joint) => Tensor) => () => at(penalized(elbo(), { penalty }));
    expect(lost((joint) => paramsIn(joint, 'lok').lok)).toThrow(
      "param 'lok': expected one of the programs, for a penalty names it, but got none of this name. Did you mean 'loc'?",
    );
    expect(lost((joint) => valuesIn(joint, 'guide', 'x').x)).toThrow(SiteError);
  });

  it('keep what the objective needs, and stand in its derivation', () => {
    expectTypeOf(decay.meaning.requires).toEqualTypeOf<{
      readonly support: 'within';
      readonly gradient: 'pathwise';
    }>();
    const z = sample('z', normal(0, 1));
    const lines = showDerivation(derive(z, z, decay)).split('\n');
    expect(lines[0]).toBe('penalised IWAE = E_q[log 1/K Σ_k w_k] - decay - spread, log w =');
    const twice = penalized(penalized(elbo(), { a: () => tf.scalar(1) }), {
      b: () => tf.scalar(2),
    });
    expect(
      showDerivation(derive(z, z, twice))
        .split('\n')
        .slice(1, 4),
    ).toEqual(['  - KL(q(z) ‖ p(z))', '  - a', '  - b']);
  });

  /** |∂tanh(x w) / ∂x|² of the rows of x: from the layer's values, and by a gradient of its own. */
  const contractions: readonly (readonly [string, (x: Tensor, w: Tensor, h: Tensor) => Tensor])[] =
    [
      [
        'written out',
        (_, w, h) => {
          const slopes = tf.square(tf.sub(1, tf.square(h)));
          return tf.sum(tf.mul(slopes, tf.sum(tf.square(w), 0)));
        },
      ],
      [
        'by a gradient of a gradient',
        (x, w) =>
          [0, 1, 2]
            .map((j) => {
              const output = (v: Tensor): Tensor =>
                tf.slice(tf.tanh(tf.matMul(v, w)), [0, j], [2, 1]);
              return tf.sum(tf.square(tf.grad((v: Tensor) => tf.sum(output(v)))(x)));
            })
            .reduce((sum, square) => tf.add(sum, square)),
      ],
    ];

  it.each(contractions)('can be a contraction: the Jacobian of a layer, %s', (_, contraction) => {
    const x = [
      [0.5, -0.2],
      [1, 0.3],
    ];
    const autoencoder = program(function* () {
      const w = yield* param('w', tf.zeros([2, 3]));
      const h = yield* deterministic('h', tf.tanh(tf.matMul(tf.tensor2d(x), w)));
      yield* plate('data', 2, observe('y', independent(normal(h, 1)), tf.zeros([2, 3])));
    });
    const contractive = penalized(elbo(), {
      jacobian: (joint) =>
        contraction(tf.tensor2d(x), paramsIn(joint, 'w').w, valuesIn(joint, 'model', 'h').h),
    });
    const w = [0.3, -0.2, 0.5, 0.1, 0.7, -0.4];
    const bound = (t: Tables): number => {
      const at2 = (i: number, j: number): number => t['w']?.[3 * i + j] ?? NaN;
      return x.reduce((total, row) => {
        const h = [0, 1, 2].map((j) =>
          Math.tanh((row[0] ?? 0) * at2(0, j) + (row[1] ?? 0) * at2(1, j)),
        );
        const fit = h.reduce((sum, v) => sum + logNormal(0, v), 0);
        const norm = h.reduce(
          (sum, v, j) => sum + (1 - v * v) ** 2 * (at2(0, j) ** 2 + at2(1, j) ** 2),
          0,
        );
        return total + fit - norm;
      }, 0);
    };
    const params = { w: tf.tensor2d(w, [2, 3]) };
    const found = estimateAt(
      autoencoder,
      program(function* () {}),
      contractive,
      {
        noise: keyedNoise(key(0)),
        params,
      },
    );
    expectNear(found.value, bound({ w }), 1e-5);
    finiteDifferences(bound, { w })['w']?.forEach((slope, i) =>
      expectNear(found.gradients['w']?.[i] ?? NaN, slope, 2e-4),
    );
    tf.dispose(params);
  });

  it('train: weight decay pulls a parameter to the middle', () => {
    const objective = penalized(elbo(), {
      decay: (joint) => tf.mul(tf.square(paramsIn(joint, 'loc').loc), 0.5),
    });
    const inference = svi({
      model: () =>
        program(function* () {
          yield* observe('x', normal(yield* param('loc', 0), 1), 2);
        }),
      guide: () => program(function* () {}),
      objective,
      optimizer: sgd(0.5),
    });
    let state = inference.init(key(0));
    for (let i = 0; i < 30; i += 1) [state] = inference.step(state, undefined);
    expectNear(state.params['loc']?.dataSync()[0] ?? NaN, 1, 1e-5);
  });
});
