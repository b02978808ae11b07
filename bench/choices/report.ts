/** The engine's choices as text. */
import { duration, table } from '../report.js';
import type { Judged } from './judge.js';

/** A row for each case: what was chosen, what is fastest, and how much slower the choice is. */
export const reportChoices = (all: readonly Judged[]): string =>
  table([
    ['', 'chosen', 'fastest', 'chosen / fastest'],
    ...all.map(({ case: name, chosen, fastest, ratio }) => [
      name,
      chosen,
      fastest,
      ratio.toFixed(2),
    ]),
  ]);

/** Every way of one case, by the clock and by the model. */
export const reportTried = ({ case: name, tried }: Judged): string =>
  table([
    [name, 'a step', 'by the model'],
    ...tried.map(({ way, ms, modelled }) => [way, duration(ms), duration(modelled)]),
  ]);
