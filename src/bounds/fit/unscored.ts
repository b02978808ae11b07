/** A program as its own guide: it draws what it draws, and what it scores is given. */
import type { Program } from '../../../dsl/index.js';
import { rewrite } from '../../../dsl/program/program.js';
import type { Deterministic, Factor, Latent, Observed, Partly } from '../../../dsl/program/site.js';

/** The row of a program whose observations and factors are values. */
export type Unscored<E> =
  E extends Partly<infer N, infer S, infer G, infer P>
    ? Latent<N, S, G, P>
    : E extends Observed<infer N> | Factor<infer N>
      ? Deterministic<N>
      : E;

/** The program with its observations and factors turned into values. */
export const unscored = <E>(body: Program<E, unknown>): Program<Unscored<E>, unknown> =>
  rewrite(body, () => ({
    each: (i) => {
      if (i.op === 'factor') {
        return { op: 'deterministic', name: i.name, value: i.logFactor, plates: i.plates };
      }
      if (i.op !== 'sample' || i.hidden) return i;
      // What is known in part is drawn elsewhere, and the model says where.
      const { known: _, ...drawn } = i;
      return i.observed === undefined
        ? drawn
        : { op: 'deterministic', name: i.name, value: i.observed, plates: i.plates };
    },
  }));
