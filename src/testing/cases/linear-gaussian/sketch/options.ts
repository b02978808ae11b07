/** What a linear-Gaussian generator can be asked for. */
import {
  anything,
  checkOptions,
  demand,
  flag,
  showReceived,
} from '../../../../../dsl/refusals/options.js';
import { CORRELATIONS, GAPS, LIMITS, type Layout, layouts } from './sketch.js';

/** From one number to another; what is left out is the default's. */
export interface MinMax {
  readonly min?: number;
  readonly max?: number;
}

/** How many at most, or from how many to how many. */
export type Count = number | MinMax;

export interface LinearGaussianOptions {
  /** Sites outside every plate, 0 to 3 where left out; with 0 all sites lie in plates. */
  readonly outside?: Count;
  /** Sites inside plates, 0 to 3 where left out; with 0 there is no plate. */
  readonly inside?: Count;
  /** Latent numbers, 1 to 10 where left out. */
  readonly latents?: Count;
  /** Elements of a plate, 1 to 3 where left out. */
  readonly elements?: Count;
  /** Numbers of one element of a site, 1 to 2 where left out. */
  readonly entries?: Count;
  /** Plates, 0 to 2 where left out. */
  readonly plates?: Count;
  /** How several plates may lie; every way where left out. */
  readonly layouts?: readonly Layout[];
  /** Whether a nested plate may have fewer elements in some of the outer one's, true where left out. */
  readonly ragged?: boolean;
  /** Whether observations and factors may be masked, true where left out. */
  readonly masks?: boolean;
  /** Whether there may be factors, true where left out. */
  readonly factors?: boolean;
  /** Whether numbers of model and guide may be `param` sites, true where left out. */
  readonly parameters?: boolean;
  /**
   * The largest correlation of two latent numbers under the posterior, or its range, up to 0.99; 0.3 to 0.95
   * for three cases of five where left out, and as it comes for the others.
   */
  readonly correlation?: number | MinMax;
  /** KL(guide ‖ posterior) in nats, or its range, from 0.001 to 100; 1/8 to 4 where left out. */
  readonly gap?: number | MinMax;
}

/** Both ends of a range. */
export interface Ends {
  readonly min: number;
  readonly max: number;
}

/** The options with every default, in range. */
export interface Asked {
  readonly outside: Ends;
  readonly inside: Ends;
  readonly latents: Ends;
  readonly elements: Ends;
  readonly entries: Ends;
  readonly plates: Ends;
  readonly layouts: readonly Layout[];
  readonly ragged: boolean;
  readonly masks: boolean;
  readonly factors: boolean;
  readonly parameters: boolean;
  readonly correlation?: Ends;
  readonly gap?: Ends;
}

const WHO = 'linearGaussian';

const isRange = (value: unknown): value is MinMax => typeof value === 'object' && value !== null;

const shown = (value: unknown): string =>
  isRange(value) ? `{ min: ${String(value.min)}, max: ${String(value.max)} }` : showReceived(value);

/** The ends of what was asked for, within `limits`. */
const endsOf = (
  name: string,
  value: number | MinMax,
  fallback: Ends,
  limits: Ends,
  isWhole: boolean,
): Ends => {
  if (isRange(value)) checkOptions(`${WHO}, ${name}`, value, { min: anything, max: anything });
  const ends = isRange(value)
    ? {
        min: value.min ?? Math.min(fallback.min, value.max ?? fallback.min),
        max: value.max ?? Math.max(fallback.max, value.min ?? fallback.max),
      }
    : { min: isWhole ? Math.min(fallback.min, value) : value, max: value };
  const isRight = [ends.min, ends.max].every(
    (n) => n >= limits.min && n <= limits.max && (!isWhole || Number.isInteger(n)),
  );
  demand(
    isRight && ends.min <= ends.max,
    WHO,
    `${name} to be ${isWhole ? 'a whole number' : 'a number'} from ${limits.min} to ${limits.max}, ` +
      'or { min, max } of two such',
    shown(value),
    `pass ${name}: ${Math.max(limits.min, Math.min(limits.max, fallback.max))}, say`,
  );
  return ends;
};

const counted = (
  name: string,
  value: Count | undefined,
  min: number,
  max: number,
  limits: Ends,
): Ends => endsOf(name, value ?? { min, max }, { min, max }, limits, true);

/** Throws where options do not go together; the message names the first of them. */
const checkTogether = (asked: Asked): void => {
  const { outside, inside, latents, elements, entries, plates, layouts: ways, correlation } = asked;
  const deep = plates.max < 2 || inside.max < 2 ? 1 : plates.max;
  const most =
    entries.max * (outside.max + inside.max * (plates.max === 0 ? 0 : elements.max ** deep));
  const least = entries.min * (outside.max > 0 ? 1 : elements.min);
  demand(
    outside.max > 0 || (inside.max > 0 && plates.max > 0),
    WHO,
    'outside or inside to allow a site',
    'none',
    'pass inside: 2 and plates: 1, or outside: 2, say',
  );
  demand(
    plates.min < 2 || inside.max >= 2,
    WHO,
    `inside to be at least 2 for ${plates.min} plates`,
    inside.max,
    'allow more sites inside',
  );
  demand(
    ways.length > 0,
    WHO,
    `layouts to be some of ${Object.keys(layouts).join(', ')}`,
    'none',
    'leave it out for all',
  );
  demand(
    latents.min <= most,
    WHO,
    `latents to be at most the ${most} numbers that sites, entries and elements allow`,
    latents.min,
    'allow more sites, entries or elements',
  );
  demand(
    latents.max >= least,
    WHO,
    `latents to allow the ${least} numbers of the smallest site`,
    latents.max,
    'allow more latents, or a site outside',
  );
  demand(
    correlation === undefined || (latents.max > 1 && most > 1),
    WHO,
    'latents to allow two numbers where a correlation is asked for',
    latents.max,
    'pass latents: { min: 2 }',
  );
};

/** The options with every default; what is out of range or unknown throws a `RangeError` that names it. */
export const askedOf = (options: LinearGaussianOptions): Asked => {
  checkOptions(WHO, options, {
    outside: anything,
    inside: anything,
    latents: anything,
    elements: anything,
    entries: anything,
    plates: anything,
    layouts: {
      expected: `a list of ${Object.keys(layouts).join(', ')}`,
      holds: (v) =>
        Array.isArray(v) && v.every((l: unknown) => typeof l === 'string' && l in layouts),
      cure: "pass ['nested'], say",
    },
    ragged: flag,
    masks: flag,
    factors: flag,
    parameters: flag,
    correlation: anything,
    gap: anything,
  });
  const { ragged = true, masks = true, factors = true, parameters = true } = options;
  const sites = { min: 0, max: LIMITS.sites / 2 };
  const asked: Asked = {
    outside: counted('outside', options.outside, 0, 3, sites),
    inside: counted('inside', options.inside, 0, 3, sites),
    latents: counted('latents', options.latents, 1, 10, { min: 1, max: 64 }),
    elements: counted('elements', options.elements, 1, 3, { min: 1, max: LIMITS.elements }),
    entries: counted('entries', options.entries, 1, 2, { min: 1, max: LIMITS.entries }),
    plates: counted('plates', options.plates, 0, 2, { min: 0, max: LIMITS.plates }),
    layouts: options.layouts ?? ['apart', 'nested', 'crossed'],
    ragged,
    masks,
    factors,
    parameters,
    ...(options.correlation !== undefined && {
      correlation: endsOf(
        'correlation',
        options.correlation,
        { min: 0.5, max: 0.95 },
        CORRELATIONS,
        false,
      ),
    }),
    ...(options.gap !== undefined && {
      gap: endsOf('gap', options.gap, { min: 0.125, max: 4 }, GAPS, false),
    }),
  };
  checkTogether(asked);
  return asked;
};
