/** A derivation for people: as text and as LaTeX. */
import type { Derivation, LatentDerivation, PhaseDerivation } from '../derivation.js';
import { latexName } from './latex-name.js';
import { type Signs, isLeftOut, writeBound } from './written-bound.js';

const given = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` | ${names.join(', ')}`;

const text: Signs = {
  evidence: 'log p(data)',
  below: '≥',
  above: '≤',
  symbol: (symbol) => symbol,
  coefficient: (factor) => factor,
  times: ' · ',
  equals: '=',
  logDensity: (law, site, names) => `log ${law}(${site}${given(names)})`,
  divergence: (site, names) => `KL(q(${site}) ‖ p(${site}${given(names)}))`,
  factor: (site) => site,
  penalty: (penalty) => penalty,
  expectation: (of) => `E_q[${of}]`,
  mean: (of) => `E[${of}]`,
  sum: (plates) => `Σ_${plates.join(',')} `,
  at: (site, where) => `[${site} ${where}] `,
  logWeight: ', log w =',
  formula: (formula) => formula.text,
};

const showDivergence = (l: LatentDerivation): string =>
  `${l.divergence === 'closedForm' ? 'closed form' : 'sampled'}: ${l.whyDivergence}`;

const showLatent = (l: LatentDerivation, d: Derivation): readonly string[] => {
  const lines = [
    `  ${l.name} ~ ${l.guideFamily} for ${l.modelFamily}${l.partly ? ', where it is not known' : ''}`,
    `    gradient: ${l.summed === undefined ? l.estimator.label : `summed over ${l.summed.values} values`}: ${l.why}`,
  ];
  switch (d.meaning.over ?? 'terms') {
    case 'terms':
      return isLeftOut(d, l.name) ? lines : [...lines, `    KL: ${showDivergence(l)}`];
    case 'weights':
      return [...lines, `    log p − log q: ${showDivergence(l)}`];
    case 'neither':
      return lines;
  }
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
  d.phases === undefined
    ? showOne(d)
    : Object.entries(d.phases)
        .map(([name, { derivation, ...often }]) => {
          return `phase ${name}${showOften(often)}:\n${showOne(derivation)}`;
        })
        .join('\n\n');

const showOften = ({
  times,
  every = 1,
  after = 0,
}: Omit<PhaseDerivation, 'derivation'>): string => {
  const step = every === 1 ? 'a step' : `every ${every} steps`;
  const often = times === 1 ? (every === 1 ? '' : `, ${step}`) : `, ${times} times ${step}`;
  return after === 0 ? often : `${often}, after ${after} steps`;
};

const showOne = (d: Derivation): string => {
  const { opening, formula, lines } = writeBound(d, text);
  const { trains } = d.meaning;
  return [
    formula === undefined ? opening : `${opening} ${formula}`,
    ...lines.map((line) => `  ${line}`),
    `estimated with ${d.particles} ${d.particles === 1 ? 'particle' : 'particles'}${
      d.antithetic ? ', in antithetic pairs' : ''
    }:`,
    ...d.latents.flatMap((l) => showLatent(l, d)),
    ...(trains === undefined ? [] : [`trained: the parameters of the ${trains} alone`]),
    ...(d.trains === undefined ? [] : [`parameters: ${d.trains.join(', ') || 'none'}`]),
  ].join('\n');
};

const latexGiven = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` \\mid ${names.map(latexName).join(', ')}`;

const greek = (x: string): string => x.replaceAll('β', '\\beta').replaceAll(' ', '\\ ');

const latexSigns: Signs = {
  evidence: '\\log p(\\mathrm{data})',
  below: '\\ge',
  above: '\\le',
  symbol: (symbol) => `\\mathrm{${greek(symbol)}}`,
  coefficient: greek,
  times: ' \\cdot ',
  equals: '= {}',
  logDensity: (law, site, names) => `\\log ${law}(${latexName(site)}${latexGiven(names)})`,
  divergence: (site, names) =>
    `\\mathrm{KL}\\left(q(${latexName(site)}) \\,\\|\\, p(${latexName(site)}${latexGiven(names)})\\right)`,
  factor: latexName,
  penalty: latexName,
  expectation: (of) => `\\mathbb{E}_q\\left[${of}\\right]`,
  mean: (of) => `\\mathbb{E}\\left[${of}\\right]`,
  sum: (plates) => `\\sum_{${plates.map(latexName).join(', ')}} `,
  at: (site, where) => `[${latexName(site)}\\ \\mathrm{${where}}]\\, `,
  logWeight: ', \\quad \\log w = {}',
  formula: (formula) => formula.latex,
};

/**
 * A derivation's bound as LaTeX, an `aligned` environment for use inside a display; of phases, one
 * for each.
 *
 * @example
 * ```ts
 * derivationToLatex(derive(sample('z', normal(0, 1)), sample('z', normal(2, 1)), elbo())).split('\n')[2];
 * // '& - \\mathrm{KL}\\left(q(z) \\,\\|\\, p(z)\\right) \\\\'
 * ```
 */
export const derivationToLatex = (d: Derivation): string =>
  d.phases === undefined
    ? latexOfOne(d)
    : Object.values(d.phases)
        .map(({ derivation }) => latexOfOne(derivation))
        .join('\n');

const latexOfOne = (d: Derivation): string => {
  const { opening, formula, lines } = writeBound(d, latexSigns);
  return [
    '\\begin{aligned}',
    formula === undefined ? opening : `${opening} & ${formula} \\\\`,
    ...lines.map((line) => `& ${line} \\\\`),
    '\\end{aligned}',
  ].join('\n');
};
