/** What fast-check varies and shrinks of a conjugate pair; all numbers follow from its seed. */
import * as t from 'io-ts';
import { foldIn, key, randomUniform } from '../../../random/index.js';
import { wholeFrom } from '../decode-sketch.js';
import { type FamilyName, families } from './families.js';
import type { ConjugateFamily, Counts } from './family.js';

/** A conjugate pair, as plain data. */
export const conjugateSketch = t.type({
  seed: wholeFrom(0),
  family: t.keyof({ normal: null, beta: null, gamma: null, dirichlet: null }),
  /** Latent values: one for all data, or one for each element of a plate. */
  groups: wholeFrom(0),
  /** Data of each latent value; 0 for one datum without a plate of its own. */
  data: wholeFrom(0),
  /** Classes of a Dirichlet. */
  classes: wholeFrom(2),
  /** Which observations are masked. */
  hidden: t.array(wholeFrom(0)),
  /** Whether a factor of the latent value is there. */
  hasFactor: t.boolean,
  /** Whose numbers are parameters. */
  learned: t.type({ model: t.boolean, guide: t.boolean }),
  /** KL(guide ‖ posterior) that is asked for, nats. */
  gap: t.refinement(t.number, (x) => x > 0, 'positive'),
});
export type ConjugateSketch = Readonly<t.TypeOf<typeof conjugateSketch>>;

/** A model whose prior is conjugate, with its data: `[group][datum]`. */
export interface ConjugateModel {
  readonly family: ConjugateFamily;
  /** The prior's parameters in the order of the family's. */
  readonly prior: readonly (readonly number[])[];
  readonly noise: number;
  readonly data: readonly (readonly number[])[];
  readonly kept?: readonly (readonly boolean[])[];
  /** A term c · T(z) of the log joint for each latent value. */
  readonly factor?: Counts;
}

/** Eighths from `low` to `high`, which float32 holds exactly. */
const eighths = (
  seed: number,
  purpose: string,
  low: number,
  high: number,
  count: number,
): readonly number[] =>
  [...randomUniform(foldIn(key(seed), purpose), count)].map(
    (u) => Math.round((low + (high - low) * u) * 8) / 8,
  );

/** How many latent values a sketch has, and how many data each. */
export const sizesOf = ({ groups, data }: Pick<ConjugateSketch, 'groups' | 'data'>) => ({
  latents: Math.max(1, groups),
  each: Math.max(1, data),
});

const datumIn = (family: FamilyName, classes: number, u: number): number => {
  switch (family) {
    case 'normal':
      return Math.round((6 * u - 3) * 8) / 8;
    case 'beta':
      return u < 0.5 ? 0 : 1;
    case 'gamma':
      return Math.round((0.25 + 3.75 * u) * 8) / 8;
    case 'dirichlet':
      return Math.floor(u * classes);
  }
};

const priorOf = ({ seed, family, classes }: ConjugateSketch): readonly (readonly number[])[] => {
  const numbers = (name: string, low: number, high: number, count = 1) =>
    eighths(seed, `prior ${name}`, low, high, count);
  switch (family) {
    case 'normal':
      return [numbers('loc', -2, 2), numbers('scale', 0.5, 2)];
    case 'beta':
      return [numbers('ones', 1, 5), numbers('zeros', 1, 5)];
    case 'gamma':
      return [numbers('concentration', 1, 4), numbers('rate', 0.5, 3)];
    case 'dirichlet':
      return [numbers('concentration', 0.75, 3, classes)];
  }
};

/** The model of a sketch, with its data. */
export const modelOf = (sketch: ConjugateSketch): ConjugateModel => {
  const { seed, family, classes, hidden, hasFactor } = sketch;
  const { latents, each } = sizesOf(sketch);
  const drawn = [...randomUniform(foldIn(key(seed), 'data'), latents * each)];
  const byGroup = <T>(xs: readonly T[]): readonly (readonly T[])[] =>
    Array.from({ length: latents }, (_, g) => xs.slice(g * each, (g + 1) * each));
  const prior = priorOf(sketch);
  const places = families[family].fromParameters(prior).length;
  return {
    family: families[family],
    prior,
    noise: eighths(seed, 'noise', 0.5, 2, 1)[0] ?? 1,
    data: byGroup(drawn.map((u) => datumIn(family, classes, u))),
    ...(hidden.length > 0 && { kept: byGroup(drawn.map((_, i) => !hidden.includes(i))) }),
    ...(hasFactor && { factor: eighths(seed, 'factor', 0.25, 1.5, places) }),
  };
};

/** A direction in which a guide leaves the posterior: for each latent value, by place of its parameters. */
export const directionsOf = (
  { seed }: ConjugateSketch,
  latents: number,
  places: number,
): readonly (readonly number[])[] =>
  Array.from({ length: latents }, (_, g) => eighths(seed, `direction ${g}`, -1, 1, places));
