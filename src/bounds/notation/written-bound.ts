/** How a derived bound is written, in any notation: its opening, then a line for each term. */
import { entryOf } from '../../../dsl/dictionary.js';
import { plateScale } from '../../../dsl/program/layout.js';
import type { Derivation, TermDerivation } from '../derivation.js';
import type { Formula } from '../statement.js';
import type { PlateStructure } from '../dependence/structure.js';

/** The signs of a notation. */
export interface Notation {
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
const writeSum = ({ plates, scale }: Sum, n: Notation, coefficient?: string): string => {
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
  const body = d.statement?.body;
  if (body?.tag !== 'terms' || body.divergence === undefined) return undefined;
  const factor =
    typeof body.divergence === 'string' ? body.divergence : entryOf(body.divergence ?? {}, site);
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
  n: Notation,
  expectation: (of: string) => string,
): string => {
  const at = term.where === undefined ? '' : n.at(term.site, term.where);
  const sum = `${writeSum(term, n, coefficientOf(d, term))}${at}`;
  // What is maximised stands with its sign turned where a loss is written.
  const [plus, minus] = d.statement?.loss ? ['-', '+'] : ['+', '-'];
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
  (d: Derivation, { given, noises = [] }: TermDerivation, n: Notation) =>
  (of: string): string => {
    if (!d.statement?.loss) return n.expectation(of);
    return given.length + noises.length === 0 ? of : n.mean(of);
  };

const relation = (d: Derivation, n: Notation): string => {
  switch (d.statement?.bound ?? 'lower') {
    case 'lower':
      return `${n.evidence} ${n.below} `;
    case 'upper':
      return `${n.evidence} ${n.above} `;
    case 'none':
      return '';
  }
};

/** Writes a derived bound. */
export const writeBound = (d: Derivation, n: Notation): WrittenBound => {
  const opening = `${relation(d, n)}${n.symbol(d.symbol)} ${n.equals}`;
  const body = d.statement?.body ?? { tag: 'terms' };
  const sign = d.statement?.loss ? '+' : '-';
  const penalties = (d.statement?.penalties ?? []).map((name) => `${sign} ${n.penalty(name)}`);
  const less = penalties.map((penalty) => ` ${penalty}`).join('');
  switch (body.tag) {
    case 'terms':
      return {
        opening,
        lines: [
          ...d.terms
            .filter((t) => coefficientOf(d, t) !== '0')
            .map((t) => writeTerm(d, t, n, expectationIn(d, t, n))),
          ...(body.plus ?? []).map(n.formula),
          ...penalties,
        ],
      };
    case 'weights': {
      const { terms, ...sum } = factored(d.terms);
      return {
        opening,
        formula: `${writeSum(sum, n)}${n.formula(body.formula)}${less}${n.logWeight}`,
        lines: terms.map((t) => writeTerm(d, t, n, (x) => x)),
      };
    }
    case 'formula':
      return { opening, formula: `${n.formula(body.formula)}${less}`, lines: [] };
  }
};
