/** `condition` with `{ value, where }`: a site that is observed at some elements of its plate. */
import * as tf from '@tensorflow/tfjs';
import {
  SiteError,
  type Tensor,
  bernoulli,
  block,
  condition,
  derive,
  elbo,
  evidence,
  intervene,
  iwae,
  key,
  logDensity,
  mask,
  normal,
  observe,
  param,
  plate,
  program,
  replay,
  sample,
  scoped,
  sgd,
  showDerivation,
  simulate,
  svi,
  trace,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { type Real, oneHotCategorical } from 'marginalia/distributions';
import { enumerate } from 'marginalia/handlers';
import { of } from 'marginalia/monad';
import {
  type GuideFit,
  GuideMisfitError,
  derivationToLatex,
  gaussianKernel,
  infoVae,
  minimize,
} from 'marginalia/objectives';
import type { Observed, Partly, SitesOf } from 'marginalia/primitives';
import { describe, expect, expectTypeOf, it } from 'vitest';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const first = (x: Tensor | undefined): number => numbers(x)[0] ?? Number.NaN;

/** log N(x; loc, 1). */
const logNormal = (x: number, loc: number): number =>
  -0.5 * (x - loc) ** 2 - 0.5 * Math.log(2 * Math.PI);

const coins = plate(
  'rows',
  3,
  program(function* () {
    const y = yield* sample('y', bernoulli({ probs: 0.2 }));
    return yield* sample('x', normal(tf.mul(y, 2), 1));
  }),
);
const x = [0.3, 1.9, 1.2] as const;
const y = { value: [1, NaN, 0], where: [1, 0, 0] };
const some = condition(coins, { x: [...x], y });

/** log p(x, y) of a row with y known, and log p(x) with y summed out. */
const joint = (at: number, label: number): number =>
  Math.log(label === 1 ? 0.2 : 0.8) + logNormal(at, 2 * label);
const summed = (at: number): number => Math.log(Math.exp(joint(at, 0)) + Math.exp(joint(at, 1)));
const logEvidence = joint(x[0], 1) + summed(x[1]) + summed(x[2]);

describe('a run', () => {
  it('has the known value in place of a draw, and log p at what stands there', () => {
    const drawn = trace(some, { key: key(1), particles: 50 });
    const site = drawn.sites['y'];
    expect(site?.kind).toBe('partly');
    const rows = tf.unstack(site?.value ?? tf.zeros([1, 1]), 1).map(numbers);
    expect(new Set(rows[0])).toEqual(new Set([1]));
    expect(new Set(rows[1])).toEqual(new Set([0, 1]));
    expect(new Set(rows[2])).toEqual(new Set([0, 1]));
    const given = logDensity(some, { values: { y: [0, 0, 1] } });
    expect(first(given)).toBeCloseTo(joint(x[0], 1) + joint(x[1], 0) + joint(x[2], 1), 4);
    const again = replay(some, drawn, { particles: 50 });
    expect(numbers(again.logJoint)).toEqual(numbers(drawn.logJoint));
    expect(
      numbers(
        simulate(
          plate('a', 2, condition(sample('y', normal(0, 1)), { y: { value: 3, where: 1 } })),
          { key: key(0) },
        ),
      ),
    ).toEqual([3, 3]);
  });

  it('that enumerates sums where the value is not known', () => {
    const { logEvidence: found, marginals } = enumerate(some);
    expect(first(found)).toBeCloseTo(logEvidence, 4);
    const [zero, one] = tf.unstack(marginals['y'] ?? tf.zeros([2, 3])).map(numbers);
    expect(zero?.[0]).toBeCloseTo(0, 6);
    expect(one?.[0]).toBeCloseTo(1, 6);
    expect(one?.[1]).toBeCloseTo(Math.exp(joint(x[1], 1) - summed(x[1])), 5);
    const all = condition(coins, { x: [...x], y: { value: [1, 0, 0], where: [1, 1, 1] } });
    const plain = condition(coins, { x: [...x], y: [1, 0, 0] });
    expect(first(enumerate(all).logEvidence)).toBeCloseTo(first(logDensity(plain, {})), 4);
    // A chance of exactly 0 keeps its slope where it is summed over, and there alone.
    const edge = (probs: Tensor): Tensor =>
      enumerate(
        condition(
          plate(
            'rows',
            2,
            program(function* () {
              const z = yield* sample('y', bernoulli({ probs }));
              yield* observe('x', normal(tf.mul(z, 2), 1), [x[0], x[1]]);
            }),
          ),
          { y: { value: [0, 0], where: [1, 0] } },
        ),
      ).logEvidence;
    const ratio = Math.exp(logNormal(x[1], 2) - logNormal(x[1], 0));
    expect(first(grad(edge)(tf.scalar(0)))).toBeCloseTo(-1 + (ratio - 1), 4);
  });
});

describe('the row and the names', () => {
  it('has a site that is latent, partly', () => {
    expectTypeOf<SitesOf<typeof some>>().toEqualTypeOf<
      Observed<'x'> | Partly<'y', (typeof coinSupport)['support'], 'enumerable', 'rows'>
    >();
    const inScope = scoped(
      'a',
      condition(sample('y', normal(0, 1)), { y: { value: 1, where: 1 } }),
    );
    expectTypeOf<SitesOf<typeof inScope>>().toEqualTypeOf<Partly<'a/y', Real, 'pathwise'>>();
    const bySome = condition(sample('z', normal(0, 1)), { z: tf.scalar(1) });
    expectTypeOf<SitesOf<typeof bySome>>().toEqualTypeOf<Observed<'z'>>();
    expect(trace(inScope, { key: key(0) }).sites['a/y']?.kind).toBe('partly');
    const outside = condition(scoped('a', coins), { 'a/y': y });
    expect(trace(outside, { key: key(0) }).sites['a/y']?.kind).toBe('partly');
  });

  it('is given once', () => {
    // @ts-expect-error It is given a value already.
    expect(() => trace(condition(some, { y: [1, 1, 1] }), { key: key(0) })).toThrow(
      /site 'y': expected a latent site for condition, but got a site that is partly observed/,
    );
    // @ts-expect-error It is given a value already.
    expect(() => trace(intervene(some, { y: [1, 1, 1] }), { key: key(0) })).toThrow(SiteError);
    const hidden = block(some, ['y']);
    expectTypeOf<SitesOf<typeof hidden>>().toEqualTypeOf<Observed<'x'>>();
    expect(Object.keys(trace(hidden, { key: key(0) }).sites)).toEqual(['x']);
  });

  it('must be in the guide', () => {
    const guide = of(0);
    type Reason = GuideFit<
      SitesOf<typeof some>,
      SitesOf<typeof guide>,
      ReturnType<typeof elbo>,
      never
    >;
    expectTypeOf<Reason>().toEqualTypeOf<"Site 'y' is sampled by the model but missing from the guide.">();
    // @ts-expect-error Nobody draws the unknown labels.
    expect(() => derive(some, guide, elbo())).toThrow(GuideMisfitError);
    const apart = sample('y', bernoulli({ probs: 0.5 }));
    // @ts-expect-error It lies in no plate.
    expect(() => derive(some, apart, elbo())).toThrow(/lies in plate 'rows'/);
    const both = condition(plate('rows', 3, sample('y', bernoulli({ probs: 0.5 }))), { y });
    // @ts-expect-error What is known is said by the model.
    expect(() => derive(some, both, elbo())).toThrow(/site 'y' is observed in the guide/);
  });
});

const coinSupport = bernoulli({ probs: 0.5 });

describe('what cannot be', () => {
  const at = (given: { value: number | number[]; where: number | number[] | Tensor }) => () =>
    trace(condition(plate('rows', 3, sample('y', bernoulli({ probs: 0.5 }))), { y: given }), {
      key: key(0),
    });

  it('is refused with the site', () => {
    expect(at({ value: [0, 0, 0], where: [1, 0.5, 0] })).toThrow(
      /site 'y': expected where to be 1 where its value is known, else 0, but got 0.5/,
    );
    expect(at({ value: [0, 0.5, 3], where: [1, 0, 1] })).toThrow(
      /site 'y'[^M]*observations of Bernoulli,.*3.*set where to 0/,
    );
    expect(at({ value: [0, 0, 0], where: [1, 0] })).toThrow(
      /site 'y': expected where for each element of its plates, \[3\], but got \[2\]/,
    );
    expect(at({ value: [0, 0], where: [1, 0, 0] })).toThrow(/site 'y'/);
    const vector = plate('rows', 2, sample('y', oneHotCategorical({ logits: [0, 0] })));
    const perEntry = condition(vector, {
      y: {
        value: [
          [1, 0],
          [0, 1],
        ],
        where: [
          [1, 0],
          [0, 1],
        ],
      },
    });
    expect(() => trace(perEntry, { key: key(0) })).toThrow(/known whole or not at all/);
    // @ts-expect-error Where it is known must be said.
    expect(() => trace(condition(coins, { y: { value: [1, 0, 0] } }), { key: key(0) })).toThrow();
    expect(at({ value: [NaN, 7, 1], where: [0, 0, 1] })).not.toThrow();
  });

  it('is what is no data: values that a program draws or learns', () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* condition(sample('y', normal(0, 1)), { y: { value: z, where: 1 } });
    });
    const guide = program(function* () {
      yield* sample('z', normal(0, 1));
      yield* sample('y', normal(0, 1));
    });
    expect(() => derive(model, guide, elbo())).toThrow(
      /site 'y': expected data for \{ value, where \}, but got what is computed from site 'z'/,
    );
  });

  it('is data that are simulated from what is known already', async () => {
    const guide = () => guideOf([0.5, 0.5, 0.5]);
    const options = { observed: ['x'], key: key(0), samples: 10 };
    const known = condition(coins, { y });
    await expect(evidence.bidirectional(known, guide, options)).rejects.toThrow(
      /site 'y'.*Pass the model without its condition/,
    );
  });

  it('is a discrepancy from the prior of draws that are none', () => {
    const model = condition(plate('rows', 3, sample('z', normal(0, 1))), {
      z: { value: [1, 0, 0], where: [1, 0, 0] },
    });
    const guide = () => plate('rows', 3, sample('z', normal(0, 1)));
    const made = svi({
      model: () => model,
      guide,
      objective: infoVae({ lambda: 2, kernel: gaussianKernel(1) }),
      optimizer: sgd(0.1),
    });
    expect(() => made.init(key(0), undefined)).toThrow(/site 'z'.*partly observed.*other sites/);
  });
});

const guideOf = (probs: readonly number[]) =>
  plate('rows', 3, sample('y', bernoulli({ probs: [...probs] })));
const posterior = x.map((row) => Math.exp(joint(row, 1) - summed(row)));

describe('a bound', () => {
  it('is the log evidence under the posterior of what is not known, whatever the guide says elsewhere', async () => {
    for (const known of [0.01, 0.7]) {
      const guide = guideOf([known, ...posterior.slice(1)]);
      for (const objective of [
        elbo(),
        iwae({ particles: 3 }),
        elbo({ discrete: 'score', closedFormKl: 'never' }),
      ]) {
        const made = svi({ model: () => some, guide: () => guide, objective, optimizer: sgd(0) });
        const { loss } = made.evaluate(made.init(key(0), undefined), undefined);
        expect(-first(loss)).toBeCloseTo(logEvidence, 4);
      }
      const found = await evidence(some, guide, { key: key(0), samples: 20 });
      expect(found.total).toBeCloseTo(logEvidence, 4);
    }
  });

  it('is written with its parts', () => {
    const text = showDerivation(derive(some, guideOf([0.5, 0.5, 0.5]), elbo()));
    expect(text.split('\n')).toEqual([
      'log p(data) ≥ ELBO =',
      '  + Σ_rows [y known] E_q[log p(y)]',
      '  - Σ_rows [y unknown] KL(q(y) ‖ p(y))',
      '  + Σ_rows E_q[log p(x | y)]',
      'estimated with 1 particle:',
      '  y ~ Bernoulli for Bernoulli, where it is not known',
      '    gradient: summed over 2 values: its support is finite: the expectation is summed exactly',
      "    KL: closed form: the prior's parameters do not depend on 'y'",
    ]);
    expect(derivationToLatex(derive(some, guideOf([0.5, 0.5, 0.5]), elbo()))).toContain(
      '\\sum_{\\mathrm{rows}} [y\\ \\mathrm{known}]\\, \\mathbb{E}_q\\left[\\log p(y)\\right]',
    );
  });

  it('of a subsample is scaled in both parts', () => {
    const model = condition(
      plate(
        'rows',
        { size: 12, indices: tf.tensor1d([4, 7], 'int32') },
        sample('y', bernoulli({ probs: 0.2 })),
      ),
      { y: { value: [1, 0], where: [1, 0] } },
    );
    const guide = plate(
      'rows',
      { size: 12, indices: tf.tensor1d([4, 7], 'int32') },
      sample('y', bernoulli({ probs: 0.5 })),
    );
    const made = svi({
      model: () => model,
      guide: () => guide,
      objective: elbo(),
      optimizer: sgd(0),
    });
    const { loss } = made.evaluate(made.init(key(0), undefined), undefined);
    const kl = 0.5 * Math.log(0.5 / 0.2) + 0.5 * Math.log(0.5 / 0.8);
    expect(-first(loss)).toBeCloseTo(6 * (Math.log(0.2) - kl), 4);
  });

  it('of a masked site counts what the mask keeps', () => {
    const kept = [1, 0, 1];
    const model = condition(plate('rows', 3, sample('y', mask(normal(0, 1), kept))), {
      y: { value: [1, 2, 3], where: [1, 1, 0] },
    });
    const guide = plate('rows', 3, sample('y', normal(0, 1)));
    const made = svi({
      model: () => model,
      guide: () => guide,
      objective: elbo(),
      optimizer: sgd(0),
    });
    // Of the third row log p = log q.
    const { loss } = made.evaluate(made.init(key(0), undefined), undefined);
    expect(-first(loss)).toBeCloseTo(logNormal(1, 0), 4);
  });

  it('of a loss has draws where nothing is known, and no gradient where something is', () => {
    const search = (b: Tensor) =>
      condition(plate('rows', 2, sample('y', normal(b, 1))), {
        y: { value: [5, NaN], where: [1, 0] },
      });
    const made = svi({
      ...minimize(() =>
        program(function* () {
          return tf.sum(yield* search(yield* param('b', 0)));
        }),
      ),
      optimizer: sgd(0.1),
    });
    const state = made.init(key(0), undefined);
    // The known element's own density is a loss, as that of any observation is: ∂ −log N(5; b, 1) = −5.
    expect(first(made.gradients(state, undefined)['b'])).toBeCloseTo(1 - 5, 4);
  });
});
