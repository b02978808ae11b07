/** What an objective means and how it is written are apart: only the printer reads the notation. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Objective, derive, elbo, iwae, normal, sample, showDerivation } from 'marginalia';
import { of } from 'marginalia/monad';
import { derivationToLatex, eubo, minimize, penalized } from 'marginalia/objectives';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const sources = ['src', 'dsl'].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith('.ts') && !file.startsWith('src/bounds/notation/')),
);

/** Code without its comments. */
const codeOf = (file: string): string =>
  readFileSync(`${root}${file}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** A field of a notation that is asked for, a notation that is spread, or one that is taken out of a value. */
const READS = new RegExp(
  [
    String.raw`\bnotation\??\.(?!js)\w|\bnotation\[`,
    String.raw`\.\.\.[\w.?]*\bnotation\b`,
    String.raw`(?<!=> )\(\{[^()=]*\bnotation\b[^()=]*\}\s*[:)]`,
    String.raw`(?:const|let) \{[^=]*\bnotation\b[^=]*\} =`,
  ].join('|'),
);

describe('the notation', () => {
  it('is read by the printer alone', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(sources.filter((file) => READS.test(codeOf(file)))).toEqual([]);
  });

  it.each([
    'const s = objective.notation.symbol;',
    "const { formula } = d['a'].notation?.plus;",
    'const more = { ...objective.notation, symbol };',
    'const f = ({ notation: { symbol } }: Objective) => symbol;',
    'const { meaning, notation } = objective;',
  ])('would be found to be read by %s', (code) => {
    expect(code).toMatch(READS);
  });

  it.each([
    "import { symbolOf } from './notation/written-bound.js';",
    "  notation: { symbol: 'ELBO', formula: meanLogWeight },\n  estimate: (joint) => f(joint),\n};",
    'return { meaning, notation: objective.notation };',
  ])('may be given and handed on, as in %s', (code) => {
    expect(code).not.toMatch(READS);
  });

  const at = (objective: Objective): readonly string[] => {
    const z = sample('z', normal(0, 1));
    return showDerivation(derive(z, z, objective)).split('\n');
  };

  it('changes what is written and nothing else', () => {
    const bound = iwae({ particles: 2 });
    const renamed = { ...bound, notation: { symbol: 'mine', formula: { text: 'f', latex: 'g' } } };
    expect(at(renamed)[0]).toBe('log p(data) ≥ mine = f, log w =');
    expect(at(renamed).slice(1)).toEqual(at(bound).slice(1));
    const z = sample('z', normal(0, 1));
    expect(derivationToLatex(derive(z, z, renamed))).toContain('\\mathrm{mine} = {} & g, \\quad');
  });

  it('needs no more than a symbol', () => {
    const named = (objective: Objective): Objective => ({
      ...objective,
      notation: { symbol: 'mine' },
    });
    expect(at(named(elbo())).slice(0, 2)).toEqual(['log p(data) ≥ mine =', '  - KL(q(z) ‖ p(z))']);
    expect(at(named(eubo({ particles: 2 })))[0]).toBe(
      'log p(data) ≤ mine = E_q[f(w_1, …, w_K)], log w =',
    );
  });

  it('says once that a bound is penalised, however often', () => {
    const zero = () => tf.scalar(0);
    const twice = penalized(penalized(elbo(), { first: zero }), { second: zero });
    expect(at(twice).slice(0, 4)).toEqual([
      'penalised ELBO =',
      '  - KL(q(z) ‖ p(z))',
      '  - first',
      '  - second',
    ]);
  });

  it('does not decide whether an objective is a loss', () => {
    const { model, guide, objective } = minimize(() => of(tf.scalar(1)));
    const written = { ...objective, notation: { symbol: 'ELBO' } };
    expect(showDerivation(derive(model(), guide(), written)).split('\n')[0]).toBe('ELBO =');
  });
});
