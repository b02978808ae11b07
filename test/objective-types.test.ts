/**
 * What each objective needs of a guide, as the compiler says it: `tsc` checks the directives and the
 * texts, the runs check that the engine refuses the same.
 */
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Fit,
  GuideMisfitError,
  type GuideMisfit,
  type Objective,
  type Sites,
  bernoulli,
  bijectors,
  derive,
  iwae,
  normal,
  sample,
  transformed,
} from '../src/index.js';

type Reason<M, G, O extends Objective> =
  Fit<Sites<M>, Sites<G>, O> extends GuideMisfit<infer Text> ? Text : never;

const refused = (run: () => unknown): void => expect(run).toThrow(GuideMisfitError);

const onReal = sample('z', normal(0, 1));
const onPositive = sample('z', transformed(normal(0, 1), bijectors.exp));
const onBits = sample('z', bernoulli({ probs: 0.5 }));

type NoGradient = "site 'z': not differentiable in the guide, as this objective needs";
type TooWide =
  "site 'z': its support in the guide, real, is not contained in the model's, positive";

describe('an importance-weighted bound', () => {
  it('takes any guide whose support lies in the model', () => {
    const any = iwae({ particles: 2 });
    expect(derive(onBits, onBits, any).latents[0]?.estimator.tag).toBe('score');
    expect(derive(onReal, onPositive, any).latents[0]?.estimator.tag).toBe('pathwise');
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
