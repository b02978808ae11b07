/** Fits as text. */
import type { Fitted } from './fit-posterior.js';
import { verdictOf } from './judge.js';

const number = (x: number): string => x.toPrecision(4).padStart(11);

const HEAD = `${'parameter'.padEnd(11)}${['mean', 'sd', 'fitted', 'sd', 'off by', 'sd ratio', 'PSIS off', 'PSIS ratio'].map((h) => h.padStart(11)).join('')}`;

/** The parameters of one fit beside the reference. */
export const tableOf = ({ guide, corrected }: Fitted): string =>
  [
    HEAD,
    ...guide.map(({ name, reference, fitted, error, ratio, good }, i) => {
      const { error: after = Number.NaN, ratio: spread = Number.NaN } = corrected[i] ?? {};
      return (
        name.padEnd(11) +
        [reference.mean, reference.sd, fitted.mean, fitted.sd].map(number).join('') +
        [error, ratio, after, spread].map((x) => x.toFixed(3).padStart(11)).join('') +
        (good ? '  ok' : '  no')
      );
    }),
  ].join('\n');

/** One fit in one line. */
export const lineOf = (fitted: Fitted): string =>
  `${fitted.family}: ${verdictOf(fitted.guide)}; k̂ ${fitted.paretoK.toFixed(2)}`;
