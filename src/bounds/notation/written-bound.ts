/** How a derived bound is written, in any notation: its opening, then a line for each term. */
import { entryOf } from '../../../dsl/records/dictionary.js';
import { plateScale } from '../../../dsl/program/layout.js';
import type { Derivation, TermDerivation } from '../derivation.js';
import type { Formula } from './notation.js';
import type { PlateStructure } from '../dependence/structure.js';

/** The signs of a notation. */
export interface Signs {
  readonly evidence: string;
  readonly below: string;
  readonly above: string;
  readonly symbol: (name: string) => string;
  readonly coefficient: (factor: string) => string;
  readonly times: string;
  readonly equals: string;
  /** log p(site | given) for the law p. */
  readonly logDensity: (law: 'p' | 'q', site: string, given: readonly string[]) => string;
  readonly divergence: (site: string, given: readonly string[]) => string;
  readonly factor: (site: string) => string;
  readonly penalty: (name: string) => string;
  readonly expectation: (of: string) => string;
  /** The expectation of what no guide draws. */
  readonly mean: (of: string) => string;
  readonly sum: (plates: readonly string[]) => string;
  /** 1 where a site is known, or where it is not, else 0: an Iverson bracket. */
  readonly at: (site: string, where: 'known' | 'unknown') => string;
  readonly logWeight: string;
  readonly formula: (formula: Formula) => string;
}

export interface WrittenBound {
  readonly opening: string;
  /** What stands beside the opening, where that is a formula. */
  readonly formula?: string;
  readonly lines: readonly string[];
}

/** Plates that are summed over, and the factor that a subsample of them is scaled up by. */
interface Sum {
  readonly plates: readonly PlateStructure[];
  readonly scale: number;
}

/** A sum over plates with the factors in front of it. */
const writeSum = ({ plates, scale }: Sum, n: Signs, coefficient?: string): string => {
  const factors = [
    ...(coefficient === undefined ? [] : [n.coefficient(coefficient)]),
    ...(scale === 1 ? [] : [String(Number(scale.toPrecision(6)))]),
  ];
  const product = factors.length === 0 ? '' : `${factors.join(n.times)} `;
  return `${product}${plates.length === 0 ? '' : n.sum(plates.map((p) => p.name))}`;
};

/** The plates around every term, and the terms with what is left of theirs. */
const factored = (terms: readonly TermDerivation[]): Sum & { readonly terms: typeof terms } => {
  const [first, ...others] = terms;
  const plates = (first?.plates ?? []).filter((p) =>
    others.every((t) => t.plates.some((q) => q.name === p.name)),
  );
  return {
    plates,
    scale: plateScale(plates),
    terms: terms.map((t) => {
      const inner = t.plates.filter((p) => !plates.some((q) => q.name === p.name));
      return { ...t, plates: inner, scale: plateScale(inner) };
    }),
  };
};

/** What a site's divergence is multiplied by, where that is not 1. */
const divergenceOf = (d: Derivation, site: string): string | undefined => {
  const { divergence = {} } = d.notation;
  const factor = typeof divergence === 'string' ? divergence : entryOf(divergence, site);
  return factor === '1' ? undefined : factor;
};

/** Whether a site's divergence is no part of the bound. */
export const isLeftOut = (d: Derivation, site: string): boolean => divergenceOf(d, site) === '0';

/** What a term is multiplied by, where that is not 1. */
const coefficientOf = (d: Derivation, { kind, site }: TermDerivation): string | undefined => {
  switch (kind) {
    case 'kl':
    case 'logPrior':
    case 'entropy':
      return divergenceOf(d, site);
    case 'logLikelihood':
    case 'factor':
      return undefined;
  }
};

const writeTerm = (
  d: Derivation,
  term: TermDerivation,
  n: Signs,
  expectation: (of: string) => string,
): string => {
  const at = term.where === undefined ? '' : n.at(term.site, term.where);
  const sum = `${writeSum(term, n, coefficientOf(d, term))}${at}`;
  // What is maximised stands with its sign turned where a loss is written.
  const [plus, minus] = d.meaning.loss ? ['-', '+'] : ['+', '-'];
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
      return `${plus} ${sum}${expectation(n.logDensity('p', term.site, term.given))}`;
    case 'entropy':
      return `${minus} ${sum}${expectation(n.logDensity('q', term.site, term.given))}`;
    case 'kl':
      return `${minus} ${sum}${n.divergence(term.site, term.given)}`;
    case 'factor':
      return `${term.loss ? minus : plus} ${sum}${expectation(n.factor(term.site))}`;
  }
};

/** How the expectation of a term is written: of what nothing random reaches, as it stands. */
const expectationIn =
  (d: Derivation, { given, noises = [] }: TermDerivation, n: Signs) =>
  (of: string): string => {
    if (!d.meaning.loss) return n.expectation(of);
    return given.length + noises.length === 0 ? of : n.mean(of);
  };

const relation = (d: Derivation, n: Signs): string => {
  switch (d.meaning.bound ?? 'lower') {
    case 'lower':
      return `${n.evidence} ${n.below} `;
    case 'upper':
      return `${n.evidence} ${n.above} `;
    case 'none':
      return '';
  }
};

/** What an objective, or its derivation, is called. */
export const symbolOf = ({
  meaning: { penalties = [] },
  notation: { symbol },
}: Pick<Derivation, 'meaning' | 'notation'>): string =>
  penalties.length > 0 ? `penalised ${symbol}` : symbol;

/** A bound over weights that says no more of itself. */
const anyOfWeights: Formula = {
  text: 'E_q[f(w_1, …, w_K)]',
  latex: '\\mathbb{E}_q\\left[f(w_1, \\dots, w_K)\\right]',
};

/** Writes a derived bound. */
export const writeBound = (d: Derivation, n: Signs): WrittenBound => {
  const { over = 'terms', loss, penalties = [] } = d.meaning;
  const { formula, plus = [] } = d.notation;
  const opening = `${relation(d, n)}${n.symbol(symbolOf(d))} ${n.equals}`;
  const subtracted = penalties.map((name) => `${loss ? '+' : '-'} ${n.penalty(name)}`);
  const less = subtracted.map((penalty) => ` ${penalty}`).join('');
  switch (over) {
    case 'terms':
      return {
        opening,
        lines: [
          ...d.terms
            .filter((t) => coefficientOf(d, t) !== '0')
            .map((t) => writeTerm(d, t, n, expectationIn(d, t, n))),
          ...plus.map(n.formula),
          ...subtracted,
        ],
      };
    case 'weights': {
      const { terms, ...sum } = factored(d.terms);
      return {
        opening,
        formula: `${writeSum(sum, n)}${n.formula(formula ?? anyOfWeights)}${less}${n.logWeight}`,
        lines: terms.map((t) => writeTerm(d, t, n, (x) => x)),
      };
    }
    case 'neither':
      return {
        opening,
        formula: `${formula === undefined ? '' : n.formula(formula)}${less}`,
        lines: [],
      };
  }
};
