/** Random sketches: what fast-check varies and shrinks. */
import * as fc from 'fast-check';
import { demand } from '../../../../../dsl/refusals/options.js';
import { canBeCoupled, latentCount, numberCount } from './sites.js';
import type { Asked, Ends } from './options.js';
import { LIMITS, type Layout, type SiteSketch, type Sketch } from './sketch.js';

type Role = SiteSketch['role'];

/** One of these, each so often; the first is the simplest. */
const often = <A>(...choices: readonly (readonly [A, number])[]): fc.Arbitrary<A> =>
  fc.oneof(
    { withCrossShrink: true },
    ...choices
      .filter(([, weight]) => weight > 0)
      .map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })),
  );

const within = ({ min, max }: Ends): fc.Arbitrary<number> => fc.integer({ min, max });

/** The same, the least of them seldom: there is little to see at it. */
const seldomLeast = ({ min, max }: Ends): fc.Arbitrary<number> =>
  max > min
    ? fc.oneof(
        { withCrossShrink: true },
        { arbitrary: fc.constant(min), weight: 1 },
        { arbitrary: fc.integer({ min: min + 1, max }), weight: 4 },
      )
    : fc.constant(min);

const siteIn = (
  plates: fc.Arbitrary<readonly number[]>,
  { entries, masks, factors, parameters }: Asked,
): fc.Arbitrary<SiteSketch> =>
  fc.record({
    plates,
    entries: within(entries),
    full: fc.boolean(),
    role: often<Role>(['latent', 4], ['observed', 3], ['factor', factors ? 1 : 0]),
    masked: masks ? often([false, 2], [true, 1]) : fc.constant(false),
    learned: parameters ? often([false, 2], [true, 1]) : fc.constant(false),
  });

/** The sets of plates that some sites must lie in, for the layout to be what it says. */
const neededSets = (layout: Layout, plates: number): readonly (readonly number[])[] => {
  const all = Array.from({ length: plates }, (_, i) => i);
  switch (layout) {
    case 'apart':
      return all.map((i) => [i]);
    case 'nested':
      return [all];
    case 'crossed':
      return [...all.map((i) => [i]), all];
  }
};

/** The sets of plates that a site may lie in. */
const setsOf = (layout: Layout, plates: number): fc.Arbitrary<readonly number[]> => {
  const all = Array.from({ length: plates }, (_, i) => i);
  switch (layout) {
    case 'apart':
      return fc.constantFrom(...all.map((i) => [i]));
    case 'nested':
      return fc.constantFrom(...all.map((i) => all.slice(0, i + 1)));
    case 'crossed':
      return fc.subarray(all, { minLength: 1 });
  }
};

/** Layouts with the number of plates, each with the sites that it takes. */
const waysOf = ({ layouts, plates, inside }: Asked): readonly (readonly [Layout, number])[] =>
  Array.from({ length: plates.max - plates.min + 1 }, (_, i) => plates.min + i).flatMap((n) =>
    (['apart', 'nested', 'crossed'] as const)
      .filter((layout) => (n < 2 ? layout === 'apart' : layouts.includes(layout)))
      .filter((layout) => neededSets(layout, n).length <= inside.max)
      .map((layout) => [layout, n] as const),
  );

/** The sites inside, some moved to where the layout needs one. */
const settled = (
  sites: readonly SiteSketch[],
  layout: Layout,
  plates: number,
): readonly SiteSketch[] => {
  const needed = neededSets(layout, plates);
  const first = sites.length - needed.length;
  return sites.map((s, i) => ({ ...s, plates: needed[i - first] ?? s.plates }));
};

/** Fewer latent numbers, or more, one step at a time, as far as the ranges go. */
const fitted = (sketch: Sketch, asked: Asked): Sketch => {
  const { latents, entries, elements } = asked;
  const withSite = (i: number, change: Partial<SiteSketch>): Sketch => ({
    ...sketch,
    sites: sketch.sites.map((s, k) => (k === i ? { ...s, ...change } : s)),
  });
  const withPlate = (i: number, size: number): Sketch => ({
    ...sketch,
    plates: sketch.plates.map((n, k) => (k === i ? size : n)),
  });
  const { sites, plates } = sketch;
  const count = latentCount(sketch);
  const smaller = (): readonly Sketch[] =>
    plates.flatMap((n, i) => (n > elements.min ? [withPlate(i, n - 1)] : [])).toReversed();
  const fewer = (): readonly Sketch[] => [
    ...sites
      .flatMap((s, i) => (s.role === 'latent' ? [withSite(i, { role: 'observed' })] : []))
      .toReversed(),
    ...sites.flatMap((s, i) =>
      s.entries > entries.min ? [withSite(i, { entries: s.entries - 1 })] : [],
    ),
    ...smaller(),
  ];
  const more = (): readonly Sketch[] => [
    ...sites.flatMap((s, i) => (s.role === 'latent' ? [] : [withSite(i, { role: 'latent' })])),
    ...sites.flatMap((s, i) =>
      s.entries < entries.max ? [withSite(i, { entries: s.entries + 1 })] : [],
    ),
    ...plates.flatMap((n, i) => (n < elements.max ? [withPlate(i, n + 1)] : [])),
  ];
  const step =
    numberCount(sketch) > LIMITS.numbers
      ? smaller()[0]
      : count > latents.max
        ? fewer().find((s) => latentCount(s) < count)
        : count < latents.min
          ? more().find((s) => latentCount(s) > count && latentCount(s) <= latents.max)
          : undefined;
  return step === undefined ? sketch : fitted(step, asked);
};

/** So many parts of a range's way, by equal factors. */
const LADDER = 16;

const gapsIn = (gap: Ends | undefined): fc.Arbitrary<number> =>
  gap === undefined
    ? fc.constantFrom(1, 0.5, 2, 0.25, 4, 0.125)
    : within({ min: 0, max: gap.min === gap.max ? 0 : LADDER }).map((k) =>
        k === LADDER ? gap.max : gap.min * (gap.max / gap.min) ** (k / LADDER),
      );

const correlationsIn = (asked: Ends | undefined): fc.Arbitrary<number | null> =>
  asked === undefined
    ? fc.oneof(
        { withCrossShrink: true },
        { arbitrary: fc.constant(null), weight: 2 },
        { arbitrary: fc.integer({ min: 6, max: 19 }).map((n) => n / 20), weight: 3 },
      )
    : within({ min: 0, max: asked.min === asked.max ? 0 : LADDER }).map(
        (k) => asked.min + ((asked.max - asked.min) * k) / LADDER,
      );

/** Sites in plates that lie so. */
const sketchesOf = (asked: Asked, layout: Layout, plates: number): fc.Arbitrary<Sketch> => {
  const { outside, inside, elements, ragged, parameters } = asked;
  const needed = neededSets(layout, plates).length;
  const own =
    plates === 0 ? { min: 0, max: 0 } : { min: Math.max(inside.min, needed), max: inside.max };
  // A site to infer and one that tells of it, where that many may be.
  const least = Math.min(outside.max, Math.max(outside.min, 2 - own.max, plates === 0 ? 2 : 0));
  return fc
    .record({
      sizes: fc.array(seldomLeast(elements), { minLength: plates, maxLength: plates }),
      ragged:
        ragged && layout === 'nested'
          ? // A loop leaves no plate around the sites that lie in it alone.
            often<Sketch['ragged']>(['no', 1], ['masked', 2], ['looped', outside.max > 0 ? 2 : 0])
          : fc.constant<Sketch['ragged']>('no'),
      outside: fc.array(siteIn(fc.constant([]), asked), {
        minLength: least,
        maxLength: outside.max,
      }),
      inside: fc.array(siteIn(plates === 0 ? fc.constant([]) : setsOf(layout, plates), asked), {
        minLength: own.min,
        maxLength: own.max,
      }),
      grain: often<Sketch['grain']>([1, 1], [2, 1], [8, 6]),
      seed: fc.nat({ max: 2 ** 31 - 1 }),
      correlation: correlationsIn(asked.correlation),
      gap: gapsIn(asked.gap),
      guide: fc.record({
        meanField: fc.boolean(),
        learned: parameters ? fc.boolean() : fc.constant(false),
      }),
      rows: fc.nat({ max: 2 }),
    })
    .map(({ sizes, outside: global, inside: local, ...rest }) =>
      fitted(
        {
          ...rest,
          layout,
          plates: sizes,
          sites: [...global, ...settled(local, layout, plates)],
        },
        asked,
      ),
    );
};

/** How often plates lie so. */
const weights = { apart: 1, nested: 3, crossed: 2 } as const;

/** How many sketches are tried before it is said that none is what was asked for. */
const TRIED = 200;

/** Sketches within what is asked for. Throws a `RangeError` where there are none, or next to none. */
export const sketches = (asked: Asked): fc.Arbitrary<Sketch> => {
  const { latents, correlation, outside } = asked;
  const ways = waysOf(asked).filter(([, n]) => n > 0 || outside.max > 0);
  demand(
    ways.length > 0,
    'linearGaussian',
    'plates, layouts, inside and outside to allow a site',
    'none',
    'allow more sites inside, which two crossed plates need three of, or fewer plates',
  );
  const isAsked = (s: Sketch): boolean => {
    const count = latentCount(s);
    const isTied = correlation === undefined || correlation.max === 0 || canBeCoupled(s);
    const isInRange = count >= latents.min && count <= latents.max;
    return isTied && isInRange && numberCount(s) <= LIMITS.numbers;
  };
  const all = fc.oneof(
    { withCrossShrink: true },
    ...ways.map(([layout, n]) => ({
      arbitrary: sketchesOf(asked, layout, n),
      weight: n === 1 ? 2 : weights[layout],
    })),
  );
  // A filter that nothing passes would never end.
  demand(
    fc.sample(all, { numRuns: TRIED, seed: 0 }).some(isAsked),
    'linearGaussian',
    `sites, entries and elements to allow ${latents.min} to ${latents.max} latent numbers` +
      `${correlation === undefined ? '' : ', of which two can be correlated'}, of ${LIMITS.numbers} in all`,
    `none of ${TRIED} tries`,
    'allow more sites or entries, or ask for fewer latents or elements',
  );
  return all.filter(isAsked);
};
