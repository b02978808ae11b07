/**
 * What the compiler says of a guide. Every wrong pair is refused where it is used, with the text
 * that the compiler prints asserted beside it, and the run that types are erased to refuses it too.
 * `tsc` does the checking: a directive that expects no error, or a text that differs, is an error.
 */
import { pipe } from 'fp-ts/lib/function.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Objective,
  SiteError,
  bernoulli,
  bijectors,
  block,
  categorical,
  condition,
  delta,
  derive,
  elbo,
  factor,
  independent,
  intervene,
  key,
  mixture,
  normal,
  observe,
  plate,
  program,
  sample,
  sgd,
  simplex,
  svi,
  transformed,
  uniform,
} from 'marginalia';
import { lowerCholesky, nonnegative } from 'marginalia/distributions';
import { Do, bind } from 'marginalia/monad';
import { type GuideFit, GuideMisfitError } from 'marginalia/objectives';
import type { SitesOf } from 'marginalia/primitives';
import type { ForLatents } from '../../../dsl/program/condition.js';

const bound = elbo();
const pathwise = elbo({ gradient: 'pathwise' });
const covering = {
  ...bound,
  meaning: { requires: { support: 'covers', gradient: 'any' } as const },
};
const optimizer = sgd(0.1);

/** The text of a refusal, a union where there are several; `never` where the guide fits. */
type Reason<M, G, O extends Objective = typeof bound> = GuideFit<SitesOf<M>, SitesOf<G>, O, never>;

/** The text for a value that `condition` and `intervene` are given at a name that no site has. */
type Unknown<M, N extends string> = ForLatents<SitesOf<M>, Record<N, number>>[N];

const refused = (run: () => unknown): void => expect(run).toThrow(GuideMisfitError);

const onReal = sample('z', normal(0, 1));
const onPositive = sample('z', transformed(normal(0, 1), bijectors.exp));
const onNonnegative = sample('z', delta(1, { support: nonnegative }));
const onInterval = sample('z', uniform(0, 1));
const onBits = sample('z', bernoulli({ probs: 0.5 }));
const onClasses = sample('z', categorical({ probs: [1, 1, 2] }));
const onVector = sample('z', independent(normal([0, 0], 1)));
const onSimplex = sample('z', delta([0.5, 0.5], { support: simplex }));
const nothing = program(function* () {});
const chain = program(function* () {
  const z = yield* onReal;
  return yield* sample('x', normal(z, 1));
});

describe('sites that the compiler refuses', () => {
  it('missing from the guide', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onReal, nothing, bound));
    expectTypeOf<
      Reason<typeof onReal, typeof nothing>
    >().toEqualTypeOf<"Site 'z' is sampled by the model but missing from the guide.">();
  });

  it('two missing, in svi', () => {
    const [model, guide] = [() => chain, () => nothing];
    // @ts-expect-error -- refused
    const inference = svi({ model, guide, objective: bound, optimizer });
    refused(() => inference.init(key(0), undefined));
    expectTypeOf<Reason<typeof chain, typeof nothing>>().toEqualTypeOf<
      | "Site 'z' is sampled by the model but missing from the guide."
      | "Site 'x' is sampled by the model but missing from the guide."
    >();
  });

  it('more than the model has', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onReal, chain, bound));
    expectTypeOf<
      Reason<typeof onReal, typeof chain>
    >().toEqualTypeOf<"Site 'x' is sampled by the guide but is no latent site of the model.">();
  });

  it('misspelt', () => {
    const guide = sample('Z', normal(0, 1));
    // @ts-expect-error -- refused
    refused(() => derive(onReal, guide, bound));
    expectTypeOf<Reason<typeof onReal, typeof guide>>().toEqualTypeOf<
      | "Site 'z' is sampled by the model but missing from the guide."
      | "Site 'Z' is sampled by the guide but is no latent site of the model."
    >();
  });

  it('misspelt beside computed names', () => {
    const sites = <const N extends string>(last: N) =>
      program(function* () {
        for (const i of [1, 2].map(Number)) yield* sample(`z_${i}`, normal(0, 1));
        yield* sample(last, normal(0, 1));
      });
    const [model, guide] = [sites('w'), sites('v')];
    // @ts-expect-error -- refused
    refused(() => derive(model, guide, bound));
    expectTypeOf<Reason<typeof model, typeof guide>>().toEqualTypeOf<
      | "Site 'w' is sampled by the model but missing from the guide."
      | "Site 'v' is sampled by the guide but is no latent site of the model."
    >();
  });

  it('observed in the model', () => {
    const model = program(function* () {
      const z = yield* onReal;
      yield* observe('x', normal(z, 1), 2);
    });
    // @ts-expect-error -- refused
    refused(() => derive(model, chain, bound));
    expectTypeOf<
      Reason<typeof model, typeof chain>
    >().toEqualTypeOf<"Site 'x' is sampled by the guide but observed in the model.">();
  });

  it('conditioned in the model', () => {
    const model = condition(chain, { x: 2, z: 1 });
    // @ts-expect-error -- refused
    refused(() => derive(model, onReal, bound));
    expectTypeOf<
      Reason<typeof model, typeof onReal>
    >().toEqualTypeOf<"Site 'z' is sampled by the guide but observed in the model.">();
  });

  it('intervened on in the model', () => {
    const model = intervene(chain, { z: 1 });
    // @ts-expect-error -- refused
    refused(() => derive(model, chain, bound));
    expectTypeOf<
      Reason<typeof model, typeof chain>
    >().toEqualTypeOf<"Site 'z' is sampled by the guide but is no latent site of the model.">();
  });

  it('blocked in the guide', () => {
    const guide = block(chain, ['x']);
    // @ts-expect-error -- refused
    refused(() => derive(chain, guide, bound));
    expectTypeOf<
      Reason<typeof chain, typeof guide>
    >().toEqualTypeOf<"Site 'x' is sampled by the model but missing from the guide.">();
  });

  it('observed in the guide', () => {
    const guide = observe('z', normal(0, 1), 2);
    // @ts-expect-error -- refused
    refused(() => derive(onReal, guide, bound));
    expectTypeOf<Reason<typeof onReal, typeof guide>>().toEqualTypeOf<
      | "Site 'z' is sampled by the model but missing from the guide."
      | "Site 'z' is observed in the guide: observe it in the model."
    >();
  });

  it('a factor in the guide, bound by a pipe', () => {
    const guide = pipe(
      Do,
      bind('z', () => onReal),
      bind('f', ({ z }) => factor('f', z)),
    );
    // @ts-expect-error -- refused
    refused(() => derive(onReal, guide, bound));
    expectTypeOf<
      Reason<typeof onReal, typeof guide>
    >().toEqualTypeOf<"Site 'f' is a factor in the guide: move it to the model.">();
    // @ts-expect-error -- refused
    expect(() => derive(onReal, block(guide, ['f']), bound)).toThrow(SiteError);
  });

  it('values at names that no site has', () => {
    // @ts-expect-error -- refused
    expect(() => derive(condition(chain, { y: 1 }), chain, bound)).toThrow(SiteError);
    // @ts-expect-error -- refused
    expect(() => derive(intervene(chain, { y: 1 }), chain, bound)).toThrow(SiteError);
    expectTypeOf<
      Unknown<typeof chain, 'y'>
    >().toEqualTypeOf<"There is no latent site 'y' in the program.">();
    expectTypeOf<Unknown<typeof chain, 'z'>>().toEqualTypeOf<number>();
  });
});

/** The text for a site `z` whose supports are in the wrong order. */
type NotWithin<
  Guide extends string,
  Model extends string,
> = `Site 'z' has the support ${Guide} in the guide, which is not contained in the model's, ${Model}.`;

describe('supports that the compiler refuses', () => {
  it('the whole line for a half line, spelt out', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onPositive, onReal, bound));
    expectTypeOf<
      Reason<typeof onPositive, typeof onReal>
    >().toEqualTypeOf<"Site 'z' has the support real in the guide, which is not contained in the model's, positive.">();
  });

  it('half lines', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onNonnegative, onReal, bound));
    expectTypeOf<Reason<typeof onNonnegative, typeof onReal>>().toEqualTypeOf<
      NotWithin<'real', 'nonnegative'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onPositive, onNonnegative, bound));
    expectTypeOf<Reason<typeof onPositive, typeof onNonnegative>>().toEqualTypeOf<
      NotWithin<'nonnegative', 'positive'>
    >();
  });

  it('intervals', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onInterval, onReal, bound));
    expectTypeOf<Reason<typeof onInterval, typeof onReal>>().toEqualTypeOf<
      NotWithin<'real', 'interval'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onInterval, onPositive, bound));
    expectTypeOf<Reason<typeof onInterval, typeof onPositive>>().toEqualTypeOf<
      NotWithin<'positive', 'interval'>
    >();
  });

  it('discrete for continuous and continuous for discrete', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onReal, onBits, bound));
    expectTypeOf<Reason<typeof onReal, typeof onBits>>().toEqualTypeOf<
      NotWithin<'integers', 'real'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onReal, bound));
    expectTypeOf<Reason<typeof onBits, typeof onReal>>().toEqualTypeOf<
      NotWithin<'real', 'integers'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onInterval, bound));
    expectTypeOf<Reason<typeof onBits, typeof onInterval>>().toEqualTypeOf<
      NotWithin<'interval', 'integers'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onInterval, onClasses, bound));
    expectTypeOf<Reason<typeof onInterval, typeof onClasses>>().toEqualTypeOf<
      NotWithin<'integers', 'interval'>
    >();
  });

  it('simplex, arrays and matrices', () => {
    const factors = sample('z', delta([[1, 0]], { support: lowerCholesky }));
    // @ts-expect-error -- refused
    refused(() => derive(onSimplex, onReal, bound));
    expectTypeOf<Reason<typeof onSimplex, typeof onReal>>().toEqualTypeOf<
      NotWithin<'real', 'simplex'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onSimplex, onVector, bound));
    expectTypeOf<Reason<typeof onSimplex, typeof onVector>>().toEqualTypeOf<
      NotWithin<'array over real', 'simplex'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onVector, onSimplex, bound));
    expectTypeOf<Reason<typeof onVector, typeof onSimplex>>().toEqualTypeOf<
      NotWithin<'simplex', 'array over real'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onVector, factors, bound));
    expectTypeOf<Reason<typeof onVector, typeof factors>>().toEqualTypeOf<
      NotWithin<'lowerCholesky', 'array over real'>
    >();
  });

  it('entries of arrays', () => {
    const scales = sample('z', independent(transformed(normal([0, 0], 1), bijectors.exp)));
    // @ts-expect-error -- refused
    refused(() => derive(scales, onVector, bound));
    expectTypeOf<Reason<typeof scales, typeof onVector>>().toEqualTypeOf<
      NotWithin<'array over real', 'array over positive'>
    >();
  });

  it('a forgotten independent, and one too many', () => {
    const guide = sample('z', normal([0, 0], 1));
    // @ts-expect-error -- refused
    expect(() => derive(onVector, guide, bound)).toThrow(SiteError);
    expectTypeOf<Reason<typeof onVector, typeof guide>>().toEqualTypeOf<
      NotWithin<'real', 'array over real'>
    >();
    // @ts-expect-error -- refused
    refused(() => derive(onReal, onVector, bound));
    expectTypeOf<Reason<typeof onReal, typeof onVector>>().toEqualTypeOf<
      NotWithin<'array over real', 'real'>
    >();
  });

  it('a guide that does not cover the model, where the objective needs it', () => {
    // @ts-expect-error -- refused
    refused(() => derive(onReal, onPositive, covering));
    expectTypeOf<
      Reason<typeof onReal, typeof onPositive, typeof covering>
    >().toEqualTypeOf<"Site 'z' has the support positive in the guide, which does not cover the model's, real, as this objective needs.">();
  });
});

describe('gradients that the compiler refuses', () => {
  it('bernoulli, categorical and mixture guides where every draw must carry one', () => {
    const mixed = sample('z', mixture(categorical({ probs: [1, 1] }), normal([-1, 1], 1)));
    type Text = "Site 'z' is not differentiable in the guide, as this objective needs.";
    // @ts-expect-error -- refused
    refused(() => derive(onBits, onBits, pathwise));
    expectTypeOf<Reason<typeof onBits, typeof onBits, typeof pathwise>>().toEqualTypeOf<Text>();
    // @ts-expect-error -- refused
    refused(() => derive(onClasses, onClasses, pathwise));
    expectTypeOf<
      Reason<typeof onClasses, typeof onClasses, typeof pathwise>
    >().toEqualTypeOf<Text>();
    // @ts-expect-error -- refused
    refused(() => derive(onReal, mixed, pathwise));
    expectTypeOf<Reason<typeof onReal, typeof mixed, typeof pathwise>>().toEqualTypeOf<Text>();
  });
});

describe('plates that the compiler refuses', () => {
  const inA = plate('a', 3, onReal);
  const inB = plate('b', 3, onReal);
  const nested = plate('b', 2, inA);

  it('outside, and inside where the model is not', () => {
    // @ts-expect-error -- refused
    refused(() => derive(inA, onReal, bound));
    expectTypeOf<
      Reason<typeof inA, typeof onReal>
    >().toEqualTypeOf<"Site 'z' lies in plate 'a' in the model but in no plate in the guide.">();
    // @ts-expect-error -- refused
    refused(() => derive(onReal, inA, bound));
    expectTypeOf<
      Reason<typeof onReal, typeof inA>
    >().toEqualTypeOf<"Site 'z' lies in plate 'a' in the guide but in no plate in the model.">();
  });

  it('in another plate', () => {
    // @ts-expect-error -- refused
    refused(() => derive(inA, inB, bound));
    expectTypeOf<
      Reason<typeof inA, typeof inB>
    >().toEqualTypeOf<"Site 'z' lies in plate 'a' in the model but in plate 'b' in the guide.">();
  });

  it('in one of two, and in one too many', () => {
    // @ts-expect-error -- refused
    refused(() => derive(nested, inA, bound));
    expectTypeOf<
      Reason<typeof nested, typeof inA>
    >().toEqualTypeOf<"Site 'z' lies in plate 'b' in the model but not in the guide.">();
    // @ts-expect-error -- refused
    refused(() => derive(inA, nested, bound));
    expectTypeOf<
      Reason<typeof inA, typeof nested>
    >().toEqualTypeOf<"Site 'z' lies in plate 'b' in the guide but not in the model.">();
  });
});

it('tells every reason at once', () => {
  const model = program(function* () {
    yield* plate('a', 3, onPositive);
    yield* sample('w', normal(0, 1));
  });
  const guide = program(function* () {
    yield* onBits;
    yield* sample('v', normal(0, 1));
  });
  // @ts-expect-error -- refused
  refused(() => derive(model, guide, pathwise));
  expectTypeOf<Reason<typeof model, typeof guide, typeof pathwise>>().toEqualTypeOf<
    | NotWithin<'integers', 'positive'>
    | "Site 'z' lies in plate 'a' in the model but in no plate in the guide."
    | "Site 'z' is not differentiable in the guide, as this objective needs."
    | "Site 'w' is sampled by the model but missing from the guide."
    | "Site 'v' is sampled by the guide but is no latent site of the model."
  >();
});
