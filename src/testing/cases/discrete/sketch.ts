/** What fast-check varies and shrinks of a discrete graph; all numbers follow from its seed. */
import * as t from 'io-ts';
import { wholeFrom } from '../decode-sketch.js';
import { foldIn, key, randomUniform } from '../../../random/index.js';
import type { DiscreteNetwork, DiscreteSite, Level, Logits } from './discrete-network.js';
import { jointValues } from './discrete-network.js';

const classesOfSites = t.array(wholeFrom(2));

/** A discrete graph, as plain data. */
export const discreteSketch = t.type({
  seed: wholeFrom(0),
  /** How many classes each latent site has: outside the plate, in it, and in the plate inside it. */
  outside: classesOfSites,
  inside: classesOfSites,
  innermost: classesOfSites,
  /** Elements of the plate, and of the plate inside it; 0 for no such plate. */
  elements: wholeFrom(1),
  cells: wholeFrom(0),
  /** Which observations are masked. */
  hidden: t.array(wholeFrom(0)),
  /** Where a factor stands. */
  factor: t.union([t.literal('none'), t.literal('outside'), t.literal('inside')]),
  /** Whose numbers are parameters. */
  learned: t.type({ model: t.boolean, guide: t.boolean }),
  /** A guide of independent sites rather than of each given those before it, where it has the gap. */
  meanField: t.boolean,
  /** KL(guide ‖ posterior) that is asked for, nats. */
  gap: t.refinement(t.number, (x) => x > 0, 'positive'),
  /** The largest correlation of two latent numbers that is asked for; 0 for any. */
  correlation: t.refinement(t.number, (x) => x >= 0 && x < 1, 'from 0 to 1'),
});
export type DiscreteSketch = Readonly<t.TypeOf<typeof discreteSketch>>;

/** Eighths from −1 to 1, which float32 holds exactly. */
export const eighths = (seed: number, purpose: string, count: number): readonly number[] =>
  [...randomUniform(foldIn(key(seed), purpose), count)].map((u) => Math.round((2 * u - 1) * 8) / 8);

const rowsOf = (numbers: readonly number[], width: number): readonly Logits[] =>
  Array.from({ length: numbers.length / width }, (_, i) =>
    numbers.slice(i * width, (i + 1) * width),
  );

/** How strongly sites depend on those before them. */
export interface Strength {
  /** What logits are multiplied by. */
  readonly contrast: number;
  /** What is added to the logit of the class that the site just before has. */
  readonly coupling: number;
  /** What logits of the data are multiplied by as well. */
  readonly information: number;
}

/** Logits of a site for each joint value of those before it. */
const siteOf = (
  { seed }: DiscreteSketch,
  { contrast, coupling }: Omit<Strength, 'information'>,
  name: string,
  classes: number,
  before: readonly DiscreteSite[],
): DiscreteSite => {
  const rows = jointValues(before);
  const last = before[before.length - 1]?.classes;
  const table = rowsOf(eighths(seed, `logits of ${name}`, rows * classes), classes);
  return {
    name,
    classes,
    tables: [
      table.map((logits, row) =>
        logits.map((l, value) => {
          const isLikeLast = last !== undefined && (row % last) % classes === value;
          // Classes that are all alike stay so at any contrast.
          const uneven = value === 0 && logits.every((other) => other === l) ? 0.25 : 0;
          return Math.round(8 * contrast * (1.5 * (l + uneven) + (isLikeLast ? coupling : 0))) / 8;
        }),
      ),
    ],
  };
};

/** Names by level: what a model on paper would call them. */
const NAMES = [
  ['a', 'b', 'c', 'd'],
  ['u', 'v', 'w', 'r'],
  ['y', 'z', 's', 't'],
] as const;

/** Names of plates by level; the innermost holds the data. */
const plateNames = (nested: boolean): readonly (string | undefined)[] =>
  nested ? [undefined, 'groups', 'data'] : [undefined, 'data'];

/** Classes of an observation. */
const SYMBOLS = 3;

/** How many observations a sketch has. */
export const observationsOf = ({
  elements,
  cells,
}: Pick<DiscreteSketch, 'elements' | 'cells'>): number => elements * Math.max(1, cells);

/** The model of a sketch, with its data. */
export const modelOf = (sketch: DiscreteSketch, strength: Strength): DiscreteNetwork => {
  const { seed, outside, inside, innermost, elements, cells, hidden, factor } = sketch;
  const nested = cells > 0;
  const classes = nested ? [outside, inside, innermost] : [outside, inside];
  const sizes = [1, elements, cells];
  const observations = observationsOf(sketch);
  return classes.reduce<readonly Level[]>((levels, own, l) => {
    const before = levels.flatMap(({ sites }) => sites);
    const sites = own.reduce<readonly DiscreteSite[]>((some, n, i) => {
      const name = NAMES[l]?.[i] ?? `site ${l}.${i}`;
      return [...some, siteOf(sketch, strength, name, n, [...before, ...some])];
    }, []);
    const way = [...before, ...sites];
    const name = plateNames(nested)[l];
    const isInnermost = l === classes.length - 1;
    const hasFactor = factor === (l === 0 ? 'outside' : 'inside') && (l === 0 || isInnermost);
    const symbols = [...randomUniform(foldIn(key(seed), 'data'), observations)];
    return [
      ...levels,
      {
        ...(name !== undefined && { plate: { name, size: sizes[l] ?? 1 } }),
        sites,
        ...(hasFactor && {
          factor: {
            name: 'factor',
            table: eighths(seed, `factor ${l}`, jointValues(way)).map((x) => 2 * x),
          },
        }),
        ...(isInnermost && {
          observation: {
            ...siteOf(
              sketch,
              { ...strength, contrast: strength.contrast * strength.information },
              'x',
              SYMBOLS,
              way,
            ),
            values: symbols.map((u) => Math.floor(u * SYMBOLS)),
            ...(hidden.length > 0 && { kept: symbols.map((_, i) => !hidden.includes(i)) }),
          },
        }),
      },
    ];
  }, []);
};

/** A random change of every logit of a network. */
export const directionOf = (seed: number, network: DiscreteNetwork): DiscreteNetwork =>
  network.map((level) => ({
    ...level,
    sites: level.sites.map((site) => ({
      ...site,
      tables: site.tables.map((table, element) =>
        rowsOf(
          eighths(seed, `direction ${site.name} ${element}`, table.length * site.classes),
          site.classes,
        ),
      ),
    })),
  }));
