/** What a linear-Gaussian case is made of: few numbers, which fast-check shrinks and a file can hold. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { decodedSketch, noSketch } from '../../decode-sketch.js';

/** The name that recipes have for the generator. */
export const GENERATOR = 'linearGaussian';

const whole = (low: number, high: number) =>
  t.refinement(t.number, (n) => Number.isInteger(n) && n >= low && n <= high, `${low} to ${high}`);

const measure = (low: number, high: number) =>
  t.refinement(t.number, (x) => x >= low && x <= high, `${low} to ${high}`);

/**
 * The most plates, sites, entries of a site, elements of a plate and numbers in all that a sketch may have:
 * work grows as the cube of the numbers.
 */
export const LIMITS = { plates: 3, sites: 12, entries: 6, elements: 12, numbers: 200 } as const;

/** The largest correlation that can be asked for, and the range of gaps, in nats. */
export const CORRELATIONS = { min: 0, max: 0.99 } as const;
export const GAPS = { min: 1e-3, max: 100 } as const;

const SiteSketch = t.readonly(
  t.type({
    /** The plates that it lies in, by their place among `plates`. */
    plates: t.readonlyArray(whole(0, LIMITS.plates - 1)),
    entries: whole(1, LIMITS.entries),
    /** Whether its entries have a full covariance. */
    full: t.boolean,
    role: t.keyof({ latent: null, observed: null, factor: null }, 'latent, observed or factor'),
    /** Whether some of its elements are masked, where it is observed or a factor. */
    masked: t.boolean,
    /** Whether some of its numbers are parameters. */
    learned: t.boolean,
  }),
  'a site',
);

/** How plates lie: apart, each in the one before it, or across each other. */
export const layouts = { apart: null, nested: null, crossed: null } as const;

export type Layout = keyof typeof layouts;

const Sketch = t.readonly(
  t.type({
    layout: t.keyof(layouts, Object.keys(layouts).join(', ')),
    /** The sizes of the plates, outermost first. */
    plates: t.readonlyArray(whole(1, LIMITS.elements)),
    /** Whether the innermost of nested plates has fewer elements in some of the others', and how. */
    ragged: t.keyof({ no: null, masked: null, looped: null }, 'no, masked or looped'),
    sites: t.readonlyArray(SiteSketch),
    /** Numbers are multiples of 1/grain. */
    grain: t.union([t.literal(1), t.literal(2), t.literal(8)], '1, 2 or 8'),
    seed: whole(0, 2 ** 31 - 1),
    /** The largest correlation under the posterior; as it comes where null. */
    correlation: t.union(
      [t.null, measure(CORRELATIONS.min, CORRELATIONS.max)],
      `null or ${CORRELATIONS.min} to ${CORRELATIONS.max}`,
    ),
    /** KL(guide ‖ posterior), in nats. */
    gap: measure(GAPS.min, GAPS.max),
    guide: t.readonly(
      t.type({
        /** Whether its sites are independent, where the gap leaves room for it. */
        meanField: t.boolean,
        learned: t.boolean,
      }),
      'a guide',
    ),
    /** The plate that can be subsampled, by its place; taken modulo how many there are. */
    rows: whole(0, LIMITS.plates - 1),
  }),
  'a sketch',
);

export type SiteSketch = t.TypeOf<typeof SiteSketch>;
export type Sketch = t.TypeOf<typeof Sketch>;

/** What is wrong with a sketch whose parts are right by themselves. */
const wrongTogether = ({ plates, sites }: Sketch): string | undefined => {
  if (sites.length < 1 || sites.length > LIMITS.sites) {
    return `it has ${sites.length} sites where 1 to ${LIMITS.sites} can be`;
  }
  if (plates.length > LIMITS.plates) {
    return `it has ${plates.length} plates where ${LIMITS.plates} can be`;
  }
  const stray = sites.findIndex((s) => s.plates.some((p) => p >= plates.length));
  return stray < 0 ? undefined : `its site ${stray} lies in a plate that it has not`;
};

/** A sketch out of data; the left says in one sentence what is wrong with it. */
export const sketchFrom = (data: unknown): E.Either<string, Sketch> =>
  pipe(
    decodedSketch(GENERATOR, Sketch, data),
    E.chain((sketch) => {
      const wrong = wrongTogether(sketch);
      return wrong === undefined ? E.right(sketch) : E.left(noSketch(GENERATOR, wrong));
    }),
  );
