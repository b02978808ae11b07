/** A program that runs twice in one model, under two names. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  SiteError,
  type Tensor,
  adam,
  block,
  condition,
  derive,
  deterministic,
  elbo,
  evaluation,
  factor,
  intervene,
  key,
  logDensity,
  noise,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  scoped,
  sgd,
  shared,
  showDerivation,
  simulate,
  svi,
  trace,
  useBackend,
} from 'marginalia';
import type { Real } from 'marginalia/distributions';
import { scoreFunction } from 'marginalia/estimators';
import { evaluator, phases } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { dense, dropout } from 'marginalia/nn';
import { type GuideFit, GuideMisfitError } from 'marginalia/objectives';
import type {
  Deterministic,
  Factor,
  Latent,
  Observed,
  Param,
  SitesOf,
} from 'marginalia/primitives';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const decoder = dense('decoder', { units: 1 });

const noisy = (count: number) =>
  plate(
    'rows',
    count,
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const mean = tf.squeeze(yield* decoder(tf.expandDims(z, -1)), [-1]);
      yield* deterministic('twice', tf.mul(mean, 2));
      yield* factor('penalty', tf.mul(mean, -0.1));
      return yield* sample('x', normal(mean, 1));
    }),
  );

const encoded = (x: Tensor) =>
  plate(
    'rows',
    x.shape[0] ?? 0,
    program(function* () {
      yield* sample('z', normal(tf.mul(x, yield* shared(param('slope', 0.3))), 0.7));
    }),
  );

describe('names', () => {
  it('of sites and plates lie under the scope, inner scopes under outer ones; parameters keep theirs', () => {
    const { sites } = trace(plate('outside', 2, scoped('a', scoped('b', noisy(3)))), {
      key: key(0),
    });
    expect(Object.keys(sites)).toEqual([
      'a/b/z',
      'decoder/kernel',
      'decoder/bias',
      'a/b/twice',
      'a/b/penalty',
      'a/b/x',
    ]);
    expect(sites['a/b/x']?.plates).toEqual(['outside', 'a/b/rows']);
    expect(sites['decoder/kernel']?.plates).toEqual([]);
  });

  it('are in the row', () => {
    const row = scoped('a', noisy(3));
    expectTypeOf<SitesOf<typeof row>>().toEqualTypeOf<
      | Latent<'a/z', Real, 'pathwise', 'a/rows'>
      | Latent<'a/x', Real, 'pathwise', 'a/rows'>
      | Deterministic<'a/twice'>
      | Factor<'a/penalty'>
      | Param<'decoder/kernel'>
      | Param<'decoder/bias'>
    >();
    const seen = scoped('a', observe('x', normal(0, 1), 2));
    expectTypeOf<SitesOf<typeof seen>>().toEqualTypeOf<Observed<'a/x'>>();
    const name: string = 'a';
    const computed = scoped(name, sample('z', normal(0, 1)));
    expectTypeOf<SitesOf<typeof computed>>().toEqualTypeOf<
      Latent<`${string}/z`, Real, 'pathwise'>
    >();
  });

  it('that cannot be are refused', () => {
    expect(() => scoped('', of(0))).toThrow(SiteError);
    // @ts-expect-error A name is a text.
    expect(() => scoped(undefined, of(0))).toThrow(/a scope: expected a name that is a text/);
    const twice = program(function* () {
      yield* scoped('a', sample('z', normal(0, 1)));
      yield* sample('a/z', normal(0, 1));
    });
    expect(() => trace(twice, { key: key(0) })).toThrow(/site 'a\/z': expected one site/);
  });
});

describe('two runs of one program', () => {
  it('draw apart, by their names: sites, noise and the rows of a subsample', () => {
    const body = program(function* () {
      const rows = yield* plate('data', { size: 50, subsample: 5 }, (indices) =>
        program(function* () {
          const e = yield* noise('e', normal(0, 1));
          return { indices, e, z: yield* sample('z', normal(0, 1)) };
        }),
      );
      return rows;
    });
    const both = simulate(
      program(function* () {
        return { a: yield* scoped('a', body), b: yield* scoped('b', body) };
      }),
      { key: key(3) },
    );
    const [a, b] = (['a', 'b'] as const).map((name) =>
      simulate(scoped(name, body), { key: key(3) }),
    );
    for (const part of ['indices', 'e', 'z'] as const) {
      expect(numbers(both.a[part])).toEqual(numbers(a?.[part]));
      expect(numbers(both.b[part])).toEqual(numbers(b?.[part]));
      expect(numbers(both.a[part])).not.toEqual(numbers(both.b[part]));
    }
  });

  it('share a parameter, but none that has one value for each element of a plate', () => {
    const two = (body: Program<unknown, Tensor>) =>
      program(function* () {
        return [yield* scoped('a', body), yield* scoped('b', body)];
      });
    const own = plate('rows', 3, param('own', 0));
    expect(() => simulate(two(own), { key: key(0) })).toThrow(
      /param 'own': expected one value for each element of plate 'a\/rows'.*visit in plate 'b\/rows'/,
    );
    const slope = param('slope', 0);
    const inPlate = (body: Program<unknown, Tensor>) => two(plate('rows', 3, body));
    for (const body of [inPlate(shared(slope)), shared(inPlate(shared(slope)))]) {
      expect(simulate(body, { key: key(0) }).map((x) => x.shape)).toEqual([[], []]);
    }
    const sharedOutside = plate('rows', 3, shared(scoped('a', slope)));
    expect(simulate(sharedOutside, { key: key(0) }).shape).toEqual([]);
    expect(simulate(scoped('a', own), { key: key(0) }).shape).toEqual([3]);
  });

  it('are evaluated inside a scope as outside', () => {
    const dropped = dropout('dropped', { rate: 0.5 })(tf.ones([8]));
    const kept = [evaluation(scoped('a', dropped)), scoped('a', evaluation(dropped))];
    expect(kept.map((p) => numbers(simulate(p, {})))).toEqual([Array(8).fill(1), Array(8).fill(1)]);
  });
});

describe('condition, intervene and block', () => {
  it('take a name as it is seen where they stand', () => {
    const x = [1, 2, 3];
    const values = { 'a/z': [0.1, 0.2, 0.3] };
    const env = { values, key: key(0) };
    const inside = trace(scoped('a', condition(noisy(3), { x })), env);
    const outside = trace(condition(scoped('a', noisy(3)), { 'a/x': x }), env);
    expect(inside.sites['a/x']?.kind).toBe('observed');
    expect(numbers(outside.logJoint)).toEqual(numbers(inside.logJoint));
    expect(numbers(inside.sites['a/x']?.value)).toEqual(x);
    const forced = intervene(scoped('a', noisy(3)), { 'a/z': [0, 0, 0] });
    expect(trace(forced, { key: key(0) }).sites['a/z']?.kind).toBe('deterministic');
    expect(Object.keys(trace(block(scoped('a', noisy(3)), ['a/x']), env).sites)).not.toContain(
      'a/x',
    );
    // @ts-expect-error Outside of the scope the site has another name.
    expect(() => trace(condition(scoped('a', noisy(3)), { x }), env)).toThrow(/site 'x'/);
    // @ts-expect-error Inside of the scope as well.
    expect(() => trace(scoped('a', condition(noisy(3), { 'a/x': x })), env)).toThrow(/site 'a\/x'/);
  });
});

const bothOf = (x: Tensor) => {
  const [first, second] = [tf.slice(x, 0, 2), tf.slice(x, 2, 3)];
  return {
    model: program(function* () {
      yield* scoped('first', condition(noisy(2), { x: first }));
      yield* scoped('second', condition(noisy(3), { x: second }));
    }),
    guide: program(function* () {
      yield* scoped('first', encoded(first));
      yield* scoped('second', encoded(second));
    }),
  };
};

const inferenceOf = (objective: ReturnType<typeof elbo>) =>
  svi({
    model: (x: Tensor) => bothOf(x).model,
    guide: (x: Tensor) => bothOf(x).guide,
    objective,
    optimizer: adam(0.05),
  });

describe('an inference', () => {
  beforeAll(() => useBackend('cpu')());
  afterAll(() => useBackend('wasm')());

  const alone = (x: Tensor) =>
    svi({
      model: () => condition(noisy(x.shape[0] ?? 0), { x }),
      guide: () => encoded(x),
      objective: elbo(),
      optimizer: sgd(0.1),
    });

  it('of two scopes has the sum of both terms and gradients, for parameters are shared', () => {
    // Under a normal posterior that is linear in z nothing is left to noise but the mean's rounding.
    const x = tf.tensor1d([0.5, -1, 2, 0.1, 1]);
    const together = inferenceOf(elbo());
    const state = together.init(key(7), x);
    const parts = bothOf(x);
    const values = {
      'first/z': [0.1, 0.4],
      'second/z': [-1, 0.3, 0.8],
    };
    const whole = numbers(logDensity(parts.model, { values, params: state.params }));
    const [a, b] = [tf.slice(x, 0, 2), tf.slice(x, 2, 3)];
    const own = [
      logDensity(condition(noisy(2), { x: a }), {
        values: { z: [0.1, 0.4] },
        params: state.params,
      }),
      logDensity(condition(noisy(3), { x: b }), {
        values: { z: [-1, 0.3, 0.8] },
        params: state.params,
      }),
    ];
    const [one = NaN, two = NaN] = own.map((s) => numbers(s)[0] ?? NaN);
    expect(whole[0]).toBeCloseTo(one + two, 4);
    expect(alone(a).init(key(0), undefined).params['decoder/kernel']?.shape).toEqual([1, 1]);
    expect(Object.keys(state.params).toSorted()).toEqual([
      'decoder/bias',
      'decoder/kernel',
      'slope',
    ]);
  });

  it('names terms and estimators by the scope, and takes the same steps in every engine', async () => {
    const objective = elbo({
      particles: 2,
      estimators: { 'second/z': scoreFunction({ baseline: 'runningAverage' }) },
    });
    const made = inferenceOf(objective);
    const x = (): Tensor => tf.tensor1d([0.5, -1, 2, 0.1, 1]);
    const state = made.init(key(0), x());
    expect(showDerivation(state.derivation)).toContain('KL(q(first/z) ‖ p(first/z))');
    expect(showDerivation(state.derivation)).toContain(
      'Σ_second/rows E_q[log p(second/x | second/z)]',
    );
    expect(Object.keys(state.carry)).toEqual(['average cost second/z']);
    await sameInEveryEngine(made, x());
    await sameInEveryEngine(
      phases({ e: made, m: svi({ ...settings(elbo()), trains: ['decoder'] }) }),
      x(),
    );
  });

  const settings = (objective: ReturnType<typeof elbo>) => ({
    model: (x: Tensor) => bothOf(x).model,
    guide: (x: Tensor) => bothOf(x).guide,
    objective,
    optimizer: adam(0.05),
  });

  it('evaluates compiled what it evaluates by itself', async () => {
    const x = tf.tensor1d([0.5, -1, 2, 0.1, 1]);
    const made = inferenceOf(elbo({ particles: 4 }));
    const state = made.init(key(0), x);
    const compiled = evaluator(made, { engine: 'compiled', executor: 'javascript' });
    const eager = evaluator(made, { engine: 'eager' });
    const [a, b] = [
      await compiled.bound(state, x, { key: key(1) }),
      await eager.bound(state, x, { key: key(1) }),
    ];
    expect(a.bound).toBeCloseTo(b.bound, 4);
    await compiled.close();
    await eager.close();
  });

  it('does not fit a guide without the scope', () => {
    const x = tf.tensor1d([0.5, -1]);
    const model = scoped('a', condition(noisy(2), { x }));
    const guide = encoded(x);
    type Reason = GuideFit<
      SitesOf<typeof model>,
      SitesOf<typeof guide>,
      ReturnType<typeof elbo>,
      never
    >;
    expectTypeOf<Reason>().toEqualTypeOf<
      | "Site 'a/z' is sampled by the model but missing from the guide."
      | "Site 'z' is sampled by the guide but is no latent site of the model."
    >();
    // @ts-expect-error The guide's site has no scope.
    expect(() => derive(model, guide, elbo())).toThrow(GuideMisfitError);
    expect(derive(model, scoped('a', guide), elbo()).terms).toHaveLength(3);
  });
});
