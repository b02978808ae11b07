/** A derivation for people: as text and as LaTeX. */
import { plateScale } from '../../dsl/program/layout.js';
import type { Derivation, Estimator, LatentDerivation, TermDerivation } from './derivation.js';
import type { PlateStructure } from './structure.js';

const showEstimator = (e: Estimator): string => {
  switch (e.tag) {
    case 'pathwise':
      return 'pathwise';
    case 'implicit':
      return 'implicit reparameterisation';
    case 'enumerate':
      return `summed over ${e.values} values`;
    case 'score':
      return 'score function';
  }
};

const given = (names: readonly string[], bar: string): string =>
  names.length === 0 ? '' : `${bar}${names.join(', ')}`;

const density = (law: 'p' | 'q', term: TermDerivation): string =>
  `${law}(${term.site}${given(term.given, ' | ')})`;

/** Plates and the factor that a subsample of them is scaled up by. */
interface Sum {
  readonly plates: readonly PlateStructure[];
  readonly scale: number;
}

const scaleText = (scale: number): string =>
  scale === 1 ? '' : `${Number(scale.toPrecision(6))} `;

const showSum = ({ plates, scale }: Sum): string =>
  `${scaleText(scale)}${plates.length === 0 ? '' : `Σ_${plates.map((p) => p.name).join(',')} `}`;

/** A term of a bound stands in an expectation of its own, one of a weight does not. */
type Place = 'bound' | 'weight';

const showTerm = (term: TermDerivation, place: Place): string => {
  const sum = showSum(term);
  const expected = (x: string): string => (place === 'bound' ? `E_q[${x}]` : x);
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
      return `+ ${sum}${expected(`log ${density('p', term)}`)}`;
    case 'entropy':
      return `- ${sum}${expected(`log ${density('q', term)}`)}`;
    case 'kl':
      return `- ${sum}KL(q(${term.site}) ‖ ${density('p', term)})`;
    case 'factor':
      return `+ ${sum}${expected(term.site)}`;
  }
};

/** The plates around every term, outside the weights, and what is left for the terms inside. */
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

const showLatent = (l: LatentDerivation, place: Place): readonly string[] => [
  `  ${l.name} ~ ${l.guideFamily} for ${l.modelFamily}`,
  `    gradient: ${showEstimator(l.estimator)}: ${l.why}`,
  `    ${place === 'bound' ? 'KL' : 'log p − log q'}: ${l.divergence === 'closedForm' ? 'closed form' : 'sampled'}: ${l.whyDivergence}`,
];

const showBound = (d: Derivation): readonly string[] => {
  const opening = `log p(data) ≥ ${d.symbol} =`;
  if (d.statement === undefined) {
    return [opening, ...d.terms.map((t) => `  ${showTerm(t, 'bound')}`)];
  }
  const { terms, ...sum } = factored(d.terms);
  return [
    `${opening} ${showSum(sum)}E_q[${d.statement.ofWeights.text}], log w =`,
    ...terms.map((t) => `  ${showTerm(t, 'weight')}`),
  ];
};

/**
 * A derivation as text: the bound term by term, then for each latent site how its expectation is
 * taken, and why.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const derivation = derive(model, sample('z', normal(2, 1)), elbo());
 * showDerivation(derivation).split('\n').slice(0, 3);
 * // ['log p(data) ≥ ELBO =', '  - KL(q(z) ‖ p(z))', '  + E_q[log p(x | z)]']
 * ```
 */
export const showDerivation = (d: Derivation): string =>
  [
    ...showBound(d),
    `estimated with ${d.particles} ${d.particles === 1 ? 'particle' : 'particles'}:`,
    ...d.latents.flatMap((l) => showLatent(l, d.statement === undefined ? 'bound' : 'weight')),
  ].join('\n');

const symbols: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  _: '\\_',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  '^': '\\^{}',
  '~': '\\~{}',
};

/** A name as mathematics: one letter as it is, a word upright, special characters escaped. */
const name = (text: string): string => {
  const safe = [...text].map((c) => symbols[c] ?? c).join('');
  return text.length === 1 ? safe : `\\mathrm{${safe}}`;
};

const latexGiven = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` \\mid ${names.map(name).join(', ')}`;

const latexSum = ({ plates, scale }: Sum): string =>
  `${scaleText(scale)}${plates.length === 0 ? '' : `\\sum_{${plates.map((p) => name(p.name)).join(', ')}} `}`;

const latexTerm = (term: TermDerivation, place: Place): string => {
  const sum = latexSum(term);
  const site = name(term.site);
  const of = (law: string): string => `${law}(${site}${latexGiven(term.given)})`;
  const expected = (x: string): string =>
    place === 'bound' ? `\\mathbb{E}_q\\left[${x}\\right]` : x;
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
      return `+ ${sum}${expected(`\\log ${of('p')}`)}`;
    case 'entropy':
      return `- ${sum}${expected(`\\log ${of('q')}`)}`;
    case 'kl':
      return `- ${sum}\\mathrm{KL}\\left(q(${site}) \\,\\|\\, ${of('p')}\\right)`;
    case 'factor':
      return `+ ${sum}${expected(site)}`;
  }
};

const latexBound = (d: Derivation): readonly string[] => {
  const opening = `\\log p(\\mathrm{data}) \\ge \\mathrm{${d.symbol}} = {}`;
  if (d.statement === undefined) {
    return [opening, ...d.terms.map((t) => `& ${latexTerm(t, 'bound')} \\\\`)];
  }
  const { terms, ...sum } = factored(d.terms);
  return [
    `${opening}& ${latexSum(sum)}\\mathbb{E}_q\\left[${d.statement.ofWeights.latex}\\right], \\quad \\log w = {} \\\\`,
    ...terms.map((t) => `& ${latexTerm(t, 'weight')} \\\\`),
  ];
};

/**
 * A derivation's bound as LaTeX, an `aligned` environment for use inside a display.
 *
 * @example
 * ```ts
 * latex(derive(sample('z', normal(0, 1)), sample('z', normal(2, 1)), elbo())).split('\n')[2];
 * // '& - \\mathrm{KL}\\left(q(z) \\,\\|\\, p(z)\\right) \\\\'
 * ```
 */
export const latex = (d: Derivation): string =>
  ['\\begin{aligned}', ...latexBound(d), '\\end{aligned}'].join('\n');
