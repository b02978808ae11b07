/** The names of sites and parameters in the types of what comes out of programs. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Program,
  type Tensor,
  bernoulli,
  condition,
  elbo,
  item,
  key,
  normal,
  param,
  paramValues,
  positive,
  predictive,
  program,
  sample,
  scoped,
  sgd,
  svi,
  trace,
} from 'marginalia';
import { type TraceSite, enumerate } from 'marginalia/handlers';
import { type Params, assign, phases } from 'marginalia/inference';
import { minimize } from 'marginalia/objectives';

const model = program(function* () {
  const z = yield* sample('z', normal(yield* param('loc', 2), 1));
  return yield* sample('x', normal(z, 1));
});
const guide = program(function* () {
  yield* sample('z', normal(0, yield* param('scale', 3, { support: positive })));
});
const parts = { guide: () => guide, optimizer: sgd(0.1), objective: elbo() };
const made = svi({ model: () => condition(model, { x: 1 }), ...parts });
const [next] = made.step(made.init(key(0)));

/** What a row is that nobody knows. */
const hidden = (p: Program<unknown, unknown>): Program<unknown, unknown> => p;

describe('a known row', () => {
  it('is that of traces and draws', () => {
    const past = trace(model, { key: key(0) });
    expectTypeOf<keyof typeof past.sites>().toEqualTypeOf<'loc' | 'x' | 'z'>();
    expect(past.sites.z.kind).toBe('latent');
    const draws = predictive(model, { key: key(0), samples: 2, guide });
    expectTypeOf<keyof typeof draws>().toEqualTypeOf<'x' | 'z'>();
    expect(draws.x.shape).toEqual([2]);
    const under = trace(scoped('a', model), { key: key(0) });
    expectTypeOf<keyof typeof under.sites>().toEqualTypeOf<'a/x' | 'a/z' | 'loc'>();
    expect(under.sites['a/z'].kind).toBe('latent');
  });

  it('is that of exact posteriors, but for what is given', () => {
    const coins = program(function* () {
      yield* sample('a', bernoulli({ probs: 0.5 }));
      yield* sample('b', bernoulli({ probs: 0.25 }));
    });
    const { marginals } = enumerate(coins, { values: { a: 1 } });
    expectTypeOf<keyof typeof marginals>().toEqualTypeOf<'b'>();
    expect(marginals.b.arraySync()).toEqual([0.75, 0.25]);
    expectTypeOf<keyof ReturnType<typeof enumerate<never, void>>['marginals']>().toBeNever();
  });

  it('is that of parameters, through steps, phases, losses and assignments', () => {
    expectTypeOf<keyof typeof next.params & string>().toEqualTypeOf<'loc' | 'scale'>();
    expectTypeOf(paramValues(next).loc).toEqualTypeOf<Tensor>();
    expect(item(paramValues(made.init(key(0))).scale)).toBeCloseTo(3, 5);
    const loss = svi({
      ...minimize(() =>
        program(function* () {
          return yield* param('w', 1);
        }),
      ),
      optimizer: sgd(0.5),
    });
    const set = assign(() =>
      program(function* () {
        yield* param('v', 1);
        return { v: yield* param('w', 1) };
      }),
    );
    const both = phases({ loss, set: { svi: set, times: 2 } });
    const [state] = both.step(both.init(key(0)));
    expectTypeOf<keyof typeof state.params & string>().toEqualTypeOf<'v' | 'w'>();
    expect(item(paramValues(state).v)).toBe(0.5);
    expect(item(loss.init(key(0), undefined, { w: state.params.v }).params.w)).toBe(0.5);
  });
});

describe('a row with computed names, or one that is not known', () => {
  const many = program(function* () {
    for (const i of [1, 2].map(Number)) yield* sample(`z_${i}`, normal(0, 1));
    yield* sample('w', normal(0, 1));
  });

  it('gives what a dictionary gives', () => {
    const { sites } = trace(many, { key: key(0), values: { z_1: 3 } });
    expectTypeOf(sites.w).toEqualTypeOf<TraceSite>();
    expectTypeOf(sites.z_1).toEqualTypeOf<TraceSite | undefined>();
    expect(sites.z_1?.value.dataSync()[0]).toBe(3);
    const unknown = trace(hidden(many), { key: key(0), values: { w: 3 } }).sites;
    expectTypeOf(unknown['w']).toEqualTypeOf<TraceSite | undefined>();
    expect(unknown['w']?.value.dataSync()[0]).toBe(3);
    const { params } = svi({ ...parts, model: () => hidden(made.model()) }).init(key(0));
    expectTypeOf(params).toEqualTypeOf<Params>();
    expect(Object.keys(params)).toEqual(['scale', 'loc']);
  });

  it('refuses what no computed name can be', () => {
    // @ts-expect-error -- refused
    expect(() => trace(many, { key: key(0), values: { v: 1 } })).toThrow("site 'v'");
  });
});
