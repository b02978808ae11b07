/** A derivation for people: as text and as LaTeX. */
import type { Derivation, Estimator, LatentDerivation, TermDerivation } from './derivation.js';

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

const plateSum = (term: TermDerivation): string =>
  term.plates.length === 0 ? '' : `Σ_${term.plates.map((p) => p.name).join(',')} `;

const showTerm = (term: TermDerivation): string => {
  const scale = term.scale === 1 ? '' : `${Number(term.scale.toPrecision(6))} `;
  const sum = plateSum(term);
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
      return `+ ${scale}${sum}E_q[log ${density('p', term)}]`;
    case 'entropy':
      return `- ${scale}${sum}E_q[log ${density('q', term)}]`;
    case 'kl':
      return `- ${scale}${sum}KL(q(${term.site}) ‖ ${density('p', term)})`;
    case 'factor':
      return `+ ${scale}${sum}E_q[${term.site}]`;
  }
};

const showLatent = (l: LatentDerivation): readonly string[] => [
  `  ${l.name} ~ ${l.guideFamily} for ${l.modelFamily}`,
  `    gradient: ${showEstimator(l.estimator)}: ${l.why}`,
  `    KL: ${l.divergence === 'closedForm' ? 'closed form' : 'sampled'}: ${l.whyDivergence}`,
];

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
    `log p(data) ≥ ${d.symbol} =`,
    ...d.terms.map((t) => `  ${showTerm(t)}`),
    `estimated with ${d.particles} ${d.particles === 1 ? 'particle' : 'particles'}:`,
    ...d.latents.flatMap(showLatent),
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

const latexTerm = (term: TermDerivation): string => {
  const scale = term.scale === 1 ? '' : `${Number(term.scale.toPrecision(6))} `;
  const sum =
    term.plates.length === 0 ? '' : `\\sum_{${term.plates.map((p) => name(p.name)).join(', ')}} `;
  const site = name(term.site);
  const of = (law: string): string => `${law}(${site}${latexGiven(term.given)})`;
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
      return `+ ${scale}${sum}\\mathbb{E}_q\\left[\\log ${of('p')}\\right]`;
    case 'entropy':
      return `- ${scale}${sum}\\mathbb{E}_q\\left[\\log ${of('q')}\\right]`;
    case 'kl':
      return `- ${scale}${sum}\\mathrm{KL}\\left(q(${site}) \\,\\|\\, ${of('p')}\\right)`;
    case 'factor':
      return `+ ${scale}${sum}\\mathbb{E}_q\\left[${site}\\right]`;
  }
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
  [
    '\\begin{aligned}',
    `\\log p(\\mathrm{data}) \\ge \\mathrm{${d.symbol}} = {}`,
    ...d.terms.map((t) => `& ${latexTerm(t)} \\\\`),
    '\\end{aligned}',
  ].join('\n');
