/** The public distributions with laws of each, from the lists that the laws are checked by. */
import * as fc from 'fast-check';
import type { Distribution } from 'marginalia';
import * as distributions from 'marginalia/distributions';
import { type DistributionCase, familyCases } from 'marginalia/testing';
import { type Declared, type Docstring, declaredBy, docstringOf } from './docstrings.js';

/** A public maker of laws, with what its docstring says and some laws that it makes. */
export interface Exhibit {
  readonly name: string;
  /** The folder of its source: `positive`, `counts` and the like. */
  readonly room: string;
  readonly docstring: Docstring;
  /** Single laws, no batches of them. */
  readonly laws: readonly Distribution[];
}

const ENTRY = 'src/entries/distributions.ts';
const FAMILIES = /^dsl\/distributions\/(?:(.*)\/)?[^/]*$/;

/** So many random cases of each family are looked at; the seed is fixed, that the page is the same each time. */
const SAMPLED = { numRuns: 100, seed: 1 };
/** So many of them are kept. */
const KEPT = 12;

/** The makers of laws among the public names. */
export const declaredMakers = (root: string): readonly Declared[] => {
  const functions = new Set(
    Object.entries(distributions).flatMap(([name, x]) => (typeof x === 'function' ? [name] : [])),
  );
  return declaredBy(root, ENTRY).filter(
    ({ name, file }) => FAMILIES.test(file) && functions.has(name),
  );
};

/** Cases by families' names, without the names in the type. */
const all: Readonly<Record<string, fc.Arbitrary<DistributionCase>>> = familyCases;

/** The word that a case's label begins with. */
const firstWord = (label: string): string => /^\w*/.exec(label)?.[0] ?? '';

const rankOf = ({ parameters }: DistributionCase): number =>
  parameters.reduce((rank, { shape }) => rank + shape.length, 0);

/** Laws without a batch, of all forms of a family by turns. */
const lawsOf = (cases: readonly DistributionCase[]): readonly Distribution[] => {
  // Sizes in a label tell no forms apart.
  const formOf = ({ label }: DistributionCase): string => label.replaceAll(/\d+/g, '');
  const turns = [...new Set(cases.map(formOf))].map((form) => {
    const own = cases.filter((one) => formOf(one) === form);
    // Parameters have the fewest axes where there is no batch; others need not be made.
    const least = Math.min(...own.map(rankOf));
    return own
      .filter((one) => rankOf(one) === least)
      .slice(0, KEPT)
      .map(({ make }) => make())
      .filter(({ batchShape }) => batchShape.length === 0);
  });
  return Array.from({ length: KEPT }, (_, i) => turns.flatMap((turn) => turn.slice(i, i + 1)))
    .flat()
    .slice(0, KEPT);
};

/** Every public distribution. */
export const exhibitsOf = (root: string): readonly Exhibit[] => {
  const makers = declaredMakers(root);
  const names = new Set(makers.map(({ name }) => name));
  const sampled = Object.entries(all).map(
    ([family, cases]) => [family, fc.sample(cases, SAMPLED)] as const,
  );
  /** Those of a maker: of its family but what is called after another maker, or what is called after it. */
  const casesOf = (name: string): readonly DistributionCase[] =>
    sampled.flatMap(([family, cases]) =>
      cases.filter(({ label }) => {
        const word = firstWord(label);
        return word === name || (family === name && !names.has(word));
      }),
    );
  return makers.map((declared) => ({
    name: declared.name,
    room: FAMILIES.exec(declared.file)?.[1] ?? '',
    docstring: docstringOf(root, declared),
    laws: lawsOf(casesOf(declared.name)),
  }));
};
