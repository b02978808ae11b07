/**
 * What each objective needs of a guide, as the compiler says it: `tsc` checks the directives and the
 * texts, the runs check that the engine refuses the same.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Objective,
  SiteError,
  bernoulli,
  bijectors,
  categorical,
  delta,
  derive,
  elbo,
  iwae,
  mixture,
  normal,
  param,
  positive,
  program,
  sample,
  transformed,
  uniform,
} from 'marginalia';
import {
  type GuideFit,
  GuideMisfitError,
  betaElbo,
  cubo,
  eubo,
  gaussianKernel,
  infoVae,
  penalized,
  renyi,
  reweightedWakeSleep,
  sleepPhi,
  tailAdaptive,
  varGrad,
  vimco,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import type { SitesOf } from 'marginalia/primitives';
import { scalars } from '../../double.js';
import { derivationOf } from '../estimate-at.js';

type Reason<M, G, O extends Objective> = GuideFit<SitesOf<M>, SitesOf<G>, O, never>;

const refused = (run: () => unknown): void => expect(run).toThrow(GuideMisfitError);

const onReal = sample('z', normal(0, 1));
const onPositive = sample('z', transformed(normal(0, 1), bijectors.exp));
const onBits = sample('z', bernoulli({ probs: 0.5 }));

type NoGradient = "Site 'z' is not differentiable in the guide, as this objective needs.";
type NoCover =
  "Site 'z' has the support positive in the guide, which does not cover the model's, real, as this objective needs.";
type TooWide =
  "Site 'z' has the support real in the guide, which is not contained in the model's, positive.";

const rest = { particles: 2 };

describe('an importance-weighted bound', () => {
  it('takes any guide whose support lies in the model', () => {
    const any = iwae({ particles: 2 });
    expect(derive(onBits, onBits, any).latents[0]?.estimator.name).toBe('scoreFunction');
    expect(derive(onReal, onPositive, any).latents[0]?.estimator.name).toBe('pathwise');
    // @ts-expect-error -- refused
    refused(() => derive(onPositive, onReal, any));
    expectTypeOf<Reason<typeof onPositive, typeof onReal, typeof any>>().toEqualTypeOf<TooWide>();
  });

  it('refuses draws without a gradient where it is asked to', () => {
    const pathwise = iwae({ particles: 2, gradient: 'pathwise' });
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, pathwise));
    expectTypeOf<
      Reason<typeof onBits, typeof onBits, typeof pathwise>
    >().toEqualTypeOf<NoGradient>();
  });
});

describe('an objective that goes through draws alone', () => {
  it('refuses those without a gradient', () => {
    const landing = elbo({ gradient: 'stickingTheLanding' });
    const double = iwae({ particles: 2, gradient: 'doublyReparameterised' });
    const ranked = tailAdaptive(rest);
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, landing));
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, double));
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, renyi({ ...rest, alpha: 0.5, gradient: 'pathwise' })));
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, ranked));
    type Bits = typeof onBits;
    expectTypeOf<Reason<Bits, Bits, typeof landing>>().toEqualTypeOf<NoGradient>();
    expectTypeOf<Reason<Bits, Bits, typeof double>>().toEqualTypeOf<NoGradient>();
    expectTypeOf<Reason<Bits, Bits, typeof ranked>>().toEqualTypeOf<NoGradient>();
    expect(derive(onReal, onPositive, landing).latents[0]?.estimator.name).toBe(
      'stickingTheLanding',
    );
    expect(derive(onReal, onPositive, double).latents[0]?.estimator.name).toBe(
      'doublyReparameterised',
    );
  });

  it('is not one that takes scores', () => {
    for (const objective of [renyi({ ...rest, alpha: 2 }), vimco(rest), varGrad(rest)]) {
      expect(derive(onBits, onBits, objective).latents[0]?.estimator.name).toBe('scoreFunction');
    }
  });
});

describe('the other objectives', () => {
  it('of wake and sleep ask for cover, and nothing of draws', () => {
    const sleep = sleepPhi({ guide: () => onBits });
    for (const objective of [wakeTheta(rest), wakePhi(rest), reweightedWakeSleep(rest), sleep]) {
      // @ts-expect-error -- refused
      refused(() => derive(onReal, onPositive, objective));
      expect(derive(onBits, onBits, objective).latents).toHaveLength(1);
    }
  });

  it('that weigh terms ask for what the ELBO does, and a discrepancy for paths', () => {
    const code = infoVae({ lambda: 1, kernel: gaussianKernel(1) });
    const penal = penalized(elbo({ gradient: 'pathwise' }), {});
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, code));
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, penal));
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, betaElbo({ beta: 2, gradient: 'pathwise' })));
    // @ts-expect-error -- refused
    refused(() => derive(onPositive, onReal, betaElbo({ beta: 2 })));
    expect(derive(onBits, onBits, betaElbo({ beta: 2 })).latents[0]?.estimator.name).toBe(
      'enumeration',
    );
  });
});

describe('an upper bound', () => {
  it('refuses a guide that does not cover the model, and takes one that is wider', () => {
    const [evidence, chi] = [eubo(rest), cubo(rest)];
    // @ts-expect-error -- refused
    refused(() => derive(onReal, onPositive, evidence));
    // @ts-expect-error -- refused
    refused(() => derive(onReal, onPositive, chi));
    expectTypeOf<
      Reason<typeof onReal, typeof onPositive, typeof evidence>
    >().toEqualTypeOf<NoCover>();
    expectTypeOf<Reason<typeof onReal, typeof onPositive, typeof chi>>().toEqualTypeOf<NoCover>();
    for (const objective of [evidence, chi]) {
      expect(derive(onPositive, onReal, objective).latents[0]?.estimator.name).toBe('weighted');
      expect(derive(onBits, onBits, objective).meaning.bound).toBe('upper');
    }
  });
});

describe('a guide whose support moves with its parameters', () => {
  const moving = program(function* () {
    const width = yield* param('w', 1, { support: positive });
    yield* sample('z', uniform(0, width));
  });
  const point = program(function* () {
    yield* sample('z', delta(yield* param('w', 1)));
  });
  const blurred = program(function* () {
    const width = yield* param('w', 1, { support: positive });
    const each = uniform(tf.zeros([2]), tf.mul(width, tf.tensor1d([1, 2])));
    yield* sample('z', mixture(categorical({ probs: [1, 1] }), each));
  });
  const model = sample('z', normal(0, 1));
  const refusedFor = [
    elbo({ gradient: 'stickingTheLanding' }),
    iwae({ particles: 2, gradient: 'doublyReparameterised' }),
    vimco({ particles: 2 }),
    varGrad({ particles: 2 }),
    tailAdaptive({ particles: 2 }),
    {
      ...eubo({ particles: 2 }),
      meaning: {
        ...eubo({ particles: 2 }).meaning,
        requires: { support: 'within', gradient: 'any' } as const,
      },
    },
  ];

  it.each(refusedFor.map((objective) => [objective.name, objective] as const))(
    'is refused by %s, whose gradient would miss what crosses its edge',
    (_, objective) => {
      for (const guide of [moving, point]) {
        expect(() => derivationOf(model, guide, objective, scalars({ w: 0 }))).toThrow(SiteError);
      }
    },
  );

  it('is refused where only a score is left, and taken where the draw carries the gradient', () => {
    expect(() => derivationOf(model, blurred, elbo(), scalars({ w: 0 }))).toThrow(
      "site 'z' of the guide: expected a support that stays where it is",
    );
    const { latents } = derivationOf(model, moving, iwae({ particles: 2 }), scalars({ w: 0 }));
    expect(latents.map((l) => l.estimator.name)).toEqual(['pathwise']);
  });
});

describe('options', () => {
  it('that make no sense are errors', () => {
    expect(() => renyi({ alpha: NaN, particles: 2 })).toThrow(RangeError);
    expect(() => cubo({ particles: 2, order: 1 })).toThrow('an order greater than 1, but got 1');
    expect(() => varGrad({ particles: 1 })).toThrow('at least 2, but got 1');
    expect(() => vimco({ particles: 1 })).toThrow(RangeError);
    expect(() => tailAdaptive({ particles: 1 })).toThrow(RangeError);
    expect(() => elbo({ gradient: 'stickingTheLanding', closedFormKl: 'whereValid' })).toThrow(
      'expected sampled divergences',
    );
  });
});
