/** A program as its own guide: it draws what it draws, and what it scores is given. */
import type { Program } from '../../dsl/index.js';
import { rewrite } from '../../dsl/program/program.js';
import type { Deterministic, Factor, Observed } from '../../dsl/program/site.js';

/** The row of a program whose observations and factors are values. */
export type Unscored<E> = E extends Observed<infer N> | Factor<infer N> ? Deterministic<N> : E;

/** The program with its observations and factors turned into values. */
export const unscored = <E>(body: Program<E, unknown>): Program<Unscored<E>, unknown> =>
  rewrite(body, () => ({
    each: (i) => {
      if (i.op === 'factor') {
        return { op: 'deterministic', name: i.name, value: i.logFactor, plates: i.plates };
      }
      return i.op === 'sample' && i.observed !== undefined && !i.hidden
        ? { op: 'deterministic', name: i.name, value: i.observed, plates: i.plates }
        : i;
    },
  }));
