/**
 * Right pairs of model and guide: the compiler takes them, says nothing of them, and they derive.
 * A false refusal here is an error of `tsc`; where types cannot see, they leave it to the run.
 */
import * as tf from '@tensorflow/tfjs';
import { pipe } from 'fp-ts/lib/function.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Distribution,
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  beta,
  bijectors,
  block,
  categorical,
  condition,
  delta,
  derive,
  deterministic,
  dirichlet,
  elbo,
  exponential,
  factor,
  gamma,
  independent,
  intervene,
  key,
  logNormal,
  mixture,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  simplex,
  studentT,
  svi,
  transformed,
  uniform,
} from 'marginalia';
import { halfCauchy, levy, realVector } from 'marginalia/distributions';
import { Do, bind, flatMap } from 'marginalia/monad';
import type { GuideFit } from 'marginalia/objectives';
import type { SitesOf } from 'marginalia/primitives';

const bound = elbo();
const pathwise = elbo({ particles: 2, gradient: 'pathwise' });
const covering = {
  ...bound,
  meaning: { requires: { support: 'covers', gradient: 'any' } as const },
};

/** What the compiler asks of the guide beyond being a program: `unknown` is nothing. */
type Asked<M, G, O extends Objective = typeof bound> = GuideFit<SitesOf<M>, SitesOf<G>, O, unknown>;

const latents = (d: { readonly latents: readonly { readonly name: string }[] }): string =>
  d.latents.map((l) => l.name).join(' ');

const onReal = sample('z', normal(0, 1));
const onPositive = sample('z', transformed(normal(0, 1), bijectors.exp));
const onVector = sample('z', independent(normal([0, 0], [1, 2])));
const chain = program(function* () {
  const z = yield* onReal;
  return yield* sample('x', normal(z, 1));
});

describe('supports that the compiler takes', () => {
  it('a family with parameters on the same support, in svi with a batch', () => {
    const model = (x: Tensor) => condition(chain, { x });
    const guide = (x: Tensor) =>
      program(function* () {
        const loc = yield* param('loc', 0);
        const scale = yield* param('scale', 1, { support: positive });
        yield* deterministic('shift', tf.add(loc, x));
        yield* sample('z', normal(tf.add(loc, x), scale));
      });
    const inference = svi({ model, guide, objective: bound, optimizer: sgd(0.1) });
    const state = inference.init(key(0), tf.scalar(2));
    expect(latents(state.derivation)).toBe('z');
    tf.dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
  });

  it('a smaller support', () => {
    const guide = sample('z', uniform(0, 1));
    expect(latents(derive(onReal, onPositive, bound))).toBe('z');
    expect(latents(derive(onPositive, guide, bound))).toBe('z');
    expectTypeOf<Asked<typeof onReal, typeof onPositive>>().toBeUnknown();
    expectTypeOf<Asked<typeof onPositive, typeof guide>>().toBeUnknown();
  });

  it('another family: a full covariance for independent normals', () => {
    const covariance = [
      [1, 0.5],
      [0.5, 1],
    ];
    const guide = sample('z', multivariateNormal([0, 0], { covariance }));
    expect(latents(derive(onVector, guide, pathwise))).toBe('z');
  });

  it('a vector of log normals for a vector of reals', () => {
    const guide = sample('z', transformed(independent(normal([0, 0], 1)), bijectors.exp));
    expect(latents(derive(onVector, guide, pathwise))).toBe('z');
  });

  it('stick breaking for a point on the simplex, and a point mass for either', () => {
    const model = sample('z', delta([0.2, 0.3, 0.5], { support: simplex }));
    const guide = sample('z', transformed(independent(normal([0, 0], 1)), bijectors.stickBreaking));
    const point = sample('z', delta([1, 2], { support: realVector }));
    expect(latents(derive(model, guide, bound))).toBe('z');
    expect(latents(derive(model, model, bound))).toBe('z');
    expect(latents(derive(onVector, point, pathwise))).toBe('z');
  });

  it('families on the half line for one another, a beta for a uniform, a Dirichlet for a simplex', () => {
    const models = [sample('z', halfCauchy(1)), sample('z', exponential(1)), onReal];
    for (const model of models) {
      expect(latents(derive(model, sample('z', gamma(2, 1)), pathwise))).toBe('z');
      expect(latents(derive(model, sample('z', logNormal(0, 1)), pathwise))).toBe('z');
    }
    expect(latents(derive(sample('z', uniform(0, 1)), sample('z', beta(2, 3)), pathwise))).toBe(
      'z',
    );
    expect(latents(derive(onReal, sample('z', studentT(3, 0, 1)), pathwise))).toBe('z');
    const halfLine = sample('z', levy(0, 1));
    expect(latents(derive(halfLine, sample('z', gamma(2, 1)), pathwise))).toBe('z');
    const broken = sample('z', transformed(independent(normal([0], 1)), bijectors.stickBreaking));
    expect(latents(derive(broken, sample('z', dirichlet([1, 2])), pathwise))).toBe('z');
  });

  it('draws without a gradient where the objective takes them', () => {
    const mixed = sample('z', mixture(categorical({ probs: [1, 1] }), normal([-1, 1], 1)));
    const bits = sample('z', bernoulli({ probs: 0.5 }));
    expect(latents(derive(onReal, mixed, bound))).toBe('z');
    expect(latents(derive(bits, bits, elbo({ particles: 4 })))).toBe('z');
  });

  it('a guide that covers the model, where the objective needs it', () => {
    expect(latents(derive(onPositive, onReal, covering))).toBe('z');
    expectTypeOf<Asked<typeof onPositive, typeof onReal, typeof covering>>().toBeUnknown();
  });
});

describe('names and plates that the compiler takes', () => {
  it('names computed in a loop, beside literal ones', () => {
    const model = program(function* () {
      const w = yield* sample('w', normal(0, 1));
      for (const i of [0, 1, 2]) yield* sample(`z_${i}`, normal(w, 1));
    });
    const guide = program(function* () {
      yield* sample('w', normal(0, 1));
      for (const i of [0, 1, 2]) yield* sample(`z_${i}`, normal(0, 1));
    });
    expect(latents(derive(model, guide, bound))).toBe('w z_0 z_1 z_2');
    expectTypeOf<Asked<typeof model, typeof guide>>().toBeUnknown();
  });

  it('names computed on one side only', () => {
    const model = program(function* () {
      for (const i of [0, 1]) yield* sample(`z_${i}`, normal(0, 1));
    });
    const guide = program(function* () {
      yield* sample('z_0', normal(0, 1));
      yield* sample('z_1', normal(0, 1));
    });
    expect(latents(derive(model, guide, bound))).toBe('z_0 z_1');
    expect(latents(derive(guide, model, bound))).toBe('z_0 z_1');
  });

  it('nested plates in either order of writing, and computed plates', () => {
    const model = plate('a', 3, plate('b', 2, onReal));
    const guide = plate(
      'a',
      3,
      program(function* () {
        yield* plate('b', 2, onReal);
      }),
    );
    const named = (name: string) => plate(name, 3, onReal);
    expect(latents(derive(model, guide, bound))).toBe('z');
    expect(latents(derive(named('a'), plate('a', 3, onReal), bound))).toBe('z');
    expectTypeOf<Asked<typeof model, typeof guide>>().toBeUnknown();
  });
});

describe('programs that the compiler takes', () => {
  it('built by pipes', () => {
    const built = pipe(
      Do,
      bind('z', () => onReal),
      bind('x', ({ z }) => sample('x', normal(z, 1))),
    );
    expect(latents(derive(built, chain, bound))).toBe('z x');
    expect(latents(derive(chain, built, bound))).toBe('z x');
  });

  it('built by flatMap', () => {
    const built = pipe(
      onReal,
      flatMap((z) => sample('x', normal(z, 1))),
    );
    expect(latents(derive(chain, built, bound))).toBe('z x');
    expectTypeOf<Asked<typeof chain, typeof built>>().toBeUnknown();
  });

  it('shared between guides', () => {
    const half = param('scale', 1, { support: positive });
    const guide = pipe(
      half,
      flatMap((scale) => sample('z', normal(0, scale))),
    );
    expect(latents(derive(onReal, guide, bound))).toBe('z');
    expect(latents(derive(condition(chain, { x: 1 }), guide, bound))).toBe('z');
  });

  it('conditioned on several names', () => {
    const model = program(function* () {
      const z = yield* onReal;
      yield* sample('x', normal(z, 1));
      yield* sample('y', normal(z, 1));
      yield* factor('f', z);
    });
    expect(latents(derive(condition(model, { x: 1, y: 2 }), onReal, bound))).toBe('z');
    expect(
      latents(
        derive(
          pipe(condition(model, { x: 1 }), (m) => condition(m, { y: 2 })),
          onReal,
          bound,
        ),
      ),
    ).toBe('z');
  });

  it('with sites blocked or intervened on', () => {
    expect(latents(derive(block(chain, ['x']), onReal, bound))).toBe('z');
    expect(latents(derive(intervene(chain, { x: 1 }), onReal, bound))).toBe('z');
    expect(latents(derive(onReal, block(chain, ['x']), bound))).toBe('z');
  });

  it('with a site that is observed where data is given', () => {
    const model = (x?: number) =>
      program(function* () {
        const z = yield* onReal;
        if (x === undefined) yield* sample('x', normal(z, 1));
        else yield* observe('x', normal(z, 1), x);
      });
    expect(latents(derive(model(1), onReal, bound))).toBe('z');
    expect(latents(derive(model(), chain, bound))).toBe('z x');
  });

  it('without latent sites', () => {
    const model = program(function* () {
      const loc = yield* param('loc', 0);
      yield* observe('x', normal(loc, 1), 2);
    });
    expect(
      latents(
        derive(
          model,
          program(function* () {}),
          bound,
        ),
      ),
    ).toBe('');
  });
});

describe('what the compiler cannot see it leaves to the run', () => {
  it('sites that a computed name may have fixed, cut or hidden', () => {
    const model = program(function* () {
      yield* sample('w', normal(0, 1));
      for (const i of [0, 1]) yield* sample(`z_${i}`, normal(0, 1));
    });
    const guide = block(model, ['z_1']);
    const last = `z_${Number('1')}`;
    expect(latents(derive(condition(model, { [last]: 1 }), guide, bound))).toBe('w z_0');
    expect(latents(derive(intervene(model, { [last]: 1 }), guide, bound))).toBe('w z_0');
    expect(latents(derive(block(model, [last]), guide, bound))).toBe('w z_0');
  });

  it('rows that are unknown', () => {
    const opaque = (p: Program<unknown, unknown>) => p;
    expect(latents(derive(opaque(chain), chain, bound))).toBe('z x');
    expect(latents(derive(chain, opaque(chain), pathwise))).toBe('z x');
    expect(latents(derive(opaque(chain), opaque(chain), covering))).toBe('z x');
  });

  it('distributions of unknown support and gradient', () => {
    const law: Distribution = normal(0, 1);
    const guide = sample('z', law);
    expect(latents(derive(onReal, guide, pathwise))).toBe('z');
    expect(latents(derive(guide, onReal, pathwise))).toBe('z');
  });

  it('objectives of unknown needs', () => {
    const objective: Objective = elbo();
    expect(latents(derive(onReal, onPositive, objective))).toBe('z');
    expectTypeOf<Asked<typeof onReal, typeof onPositive, Objective>>().toBeUnknown();
  });

  it('either of two families', () => {
    const either = (wide: boolean) =>
      program(function* () {
        if (wide) yield* onReal;
        else yield* onPositive;
      });
    expect(latents(derive(onReal, either(true), bound))).toBe('z');
    expect(latents(derive(onPositive, either(false), bound))).toBe('z');
  });

  it('a choice of two guides', () => {
    const model = sample('z', normal(0, 1));
    const choose = (wide: boolean) =>
      wide ? sample('z', normal(0, 2)) : sample('z', normal(0, 1));
    expect(derive(model, choose(true), elbo()).terms).toHaveLength(1);
    const two = (wide: boolean) => (wide ? sample('z', uniform(0, 1)) : sample('z', normal(0, 1)));
    expect(derive(model, two(true), elbo()).latents[0]?.guideFamily).toBe('Uniform');
  });
});
