/** Laws of traces, and of sites that are hidden or given. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { block, condition, intervene, item } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { type Trace, type TraceSite, logDensity, replay, trace } from '../../interpreters/trace.js';
import { type Claim, broken, expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import {
  type ProgramUnderTest,
  type Ran,
  latentValues,
  ran,
  sitesOf,
  slackOf,
  termOf,
} from './program-run.js';

const sameDraws = (claim: Claim, before: Trace<unknown>, after: Trace<unknown>): void => {
  for (const { name, value } of Object.values(before.sites)) {
    const other = entryOf(after.sites, name)?.value;
    if (other === undefined) continue;
    const [xs, ys] = [[...value.dataSync()], [...other.dataSync()]];
    if (xs.length !== ys.length || xs.some((x, i) => !Object.is(x, ys[i]))) {
      broken(claim, `site '${name}' to keep its value`, `${ys.slice(0, 4)} for ${xs.slice(0, 4)}`);
    }
  }
};

/** The latent sites, of which a law needs one at least. */
const latentsOf = (check: string, r: Ran): readonly TraceSite[] => {
  const latents = sitesOf(r, ['latent']);
  if (latents.length === 0) throw new LawNotApplicable(check, 'a latent site', 'none');
  return latents;
};

/**
 * Checks that a replay is the run: `replay` of a trace gives every value and the log joint again,
 * `logDensity` at its values gives that log joint, and running twice with one key gives one trace.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * checkReplay({ model: sample('z', normal(0, 1)) });
 * let runs = 0;
 * const restless = program(function* () {
 *   runs += 1;
 *   yield* sample('z', normal(runs, 1));
 * });
 * E.isLeft(E.tryCatch(() => checkReplay({ model: restless }), String)); // true
 * ```
 */
export const checkReplay = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const { model, env, past } = r;
    const claim = r.claim('a replay is the run');
    sameDraws(claim, past, trace(model, env));
    const again = replay(model, past, env);
    sameDraws(claim, past, again);
    const expected = item(past.logJoint);
    expectClose(claim, 'the log joint of the replay', item(again.logJoint), expected, slackOf(r));
    const scored = item(logDensity(model, { ...env, values: latentValues(past) }));
    expectClose(claim, 'the log density at its values', scored, expected, slackOf(r));
  });

/**
 * Checks that hiding a site takes its log probability away and nothing else: with each latent site
 * blocked in turn the log joint is less by its term, and all draws are as they were.
 *
 * - Errors: a broken law, which names the site; a `LawNotApplicable` without a latent site.
 *
 * @example
 * ```ts
 * checkBlock({ model: sample('z', normal(0, 1)) });
 * let runs = 0;
 * const restless = program(function* () {
 *   runs += 1;
 *   yield* sample('z', normal(runs, 1));
 * });
 * E.isLeft(E.tryCatch(() => checkBlock({ model: restless }), String)); // true
 * ```
 */
export const checkBlock = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('a blocked site takes only its term away');
    const before = item(r.past.logJoint);
    for (const site of latentsOf('checkBlock', r)) {
      const after = trace(block(r.model, [site.name]), r.env);
      sameDraws(claim, r.past, after);
      if (entryOf(after.sites, site.name) !== undefined) {
        broken(claim, `no record of the hidden site '${site.name}'`, 'one');
      }
      const what = `the log joint without '${site.name}'`;
      expectClose(claim, what, item(after.logJoint), before - termOf(r, site), slackOf(r));
    }
  });

/**
 * Checks that conditioning is scoring: given the value of each latent site in turn, the model scores it
 * as `logDensity` does; intervened on, it does so without the site's own probability.
 *
 * - Errors: a broken law, which names the site; a `LawNotApplicable` without a latent site.
 *
 * @example
 * ```ts
 * checkCondition({ model: sample('z', normal(0, 1)) });
 * let runs = 0;
 * const restless = program(function* () {
 *   runs += 1;
 *   yield* sample('z', normal(runs, 1));
 * });
 * E.isLeft(E.tryCatch(() => checkCondition({ model: restless }), String)); // true
 * ```
 */
export const checkCondition = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('conditioning is scoring');
    const values = latentValues(r.past);
    const expected = item(logDensity(r.model, { ...r.env, values }));
    for (const site of latentsOf('checkCondition', r)) {
      const { [site.name]: _, ...others } = values;
      const given = { [site.name]: site.value };
      const seen = item(logDensity(condition(r.model, given), { ...r.env, values: others }));
      expectClose(claim, `the log density given '${site.name}'`, seen, expected, slackOf(r));
      const forced = item(logDensity(intervene(r.model, given), { ...r.env, values: others }));
      const own = site.logProb === undefined ? 0 : termOf(r, site);
      expectClose(
        claim,
        `the log density with '${site.name}' forced`,
        forced,
        expected - own,
        slackOf(r),
      );
    }
  });
