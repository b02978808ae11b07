/** Checks of randomness. */
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { Rule } from './rule.js';

/** It has no key: no run can be repeated or resumed, and a graph would freeze it. */
export const unnamedRandomness: Rule = {
  severity: 'error',
  inFit: 'anyPhase',
  check: ({ unrepeated }) =>
    unrepeated().map(({ role, site, kind }) => ({
      site: kind === 'param' ? `param '${site}'` : siteLabel(site),
      found: `in the ${role} it is not the same when the program runs again with the same noise: random numbers are drawn that no site names, as tf.randomNormal, tf.dropout and Math.random do`,
      cure: "Draw them by `yield* noise('name', normal(0, 1))`, or in the data set, with the key that it is given.",
    })),
};
