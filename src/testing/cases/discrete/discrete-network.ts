/**
 * Discrete networks as data: sites of finitely many classes outside plates, in a plate, and in a plate
 * inside it, each given all before it on the way from outside. `network-program.ts` makes a program
 * of one for the engine; `exact-sums.ts` sums one out in double precision.
 */

/** Logits of the classes of a site. */
export type Logits = readonly number[];

/** A site: how many classes, and how probable each is. */
export interface DiscreteSite {
  readonly name: string;
  readonly classes: number;
  /**
   * Logits `[table][row][class]`: one table for all elements or one for each, with a row for each joint
   * value of the sites before it, the first counting the most, or one row where it is given none.
   */
  readonly tables: readonly (readonly Logits[])[];
}

/** What is observed in the elements of a level, given all sites on the way there. */
export interface Observation extends DiscreteSite {
  /** A class for each element. */
  readonly values: readonly number[];
  /** Whether each element counts, where some do not. */
  readonly kept?: readonly boolean[];
}

/** A term of the log joint: a number for each joint value of the sites on the way, nats. */
export interface LogFactor {
  readonly name: string;
  readonly table: readonly number[];
}

/** What lies in the same plates. */
export interface Level {
  /** The plate around it, inside those of the levels before; none for the outermost level. */
  readonly plate?: { readonly name: string; readonly size: number };
  readonly sites: readonly DiscreteSite[];
  readonly observation?: Observation;
  readonly factor?: LogFactor;
}

/** Levels from outside, each inside the one before. */
export type DiscreteNetwork = readonly Level[];

/** How many joint values some sites have. */
export const jointValues = (sites: readonly DiscreteSite[]): number =>
  sites.reduce((product, site) => product * site.classes, 1);

/** How many elements a level has, over all plates around it. */
export const elementsAt = (network: DiscreteNetwork, level: number): number =>
  network.slice(0, level + 1).reduce((product, { plate }) => product * (plate?.size ?? 1), 1);

/** The sites on the way to a level, its own left out. */
export const sitesBefore = (network: DiscreteNetwork, level: number): readonly DiscreteSite[] =>
  network.slice(0, level).flatMap(({ sites }) => sites);

const at = <T>(xs: readonly T[], i: number): T | undefined => xs[xs.length === 1 ? 0 : i];

/** exp(logits) / Σ exp(logits). */
const chancesOf = (logits: Logits): readonly number[] => {
  const largest = Math.max(...logits);
  const weights = logits.map((l) => Math.exp(l - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
};

/** A site by chances in place of logits: of each class for an element, at a joint value of those before. */
export interface Chances {
  readonly name: string;
  readonly classes: number;
  readonly at: (element: number, row: number) => readonly number[];
}

/** A site's chances, worked out once. */
export const siteChances = ({ name, classes, tables }: DiscreteSite): Chances => {
  const all = tables.map((table) => table.map(chancesOf));
  return { name, classes, at: (element, row) => at(at(all, element) ?? [], row) ?? [] };
};

/** The chances of each level's sites. */
export const networkChances = (network: DiscreteNetwork): readonly (readonly Chances[])[] =>
  network.map(({ sites }) => sites.map(siteChances));
