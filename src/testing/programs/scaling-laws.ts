/** Laws of masks and of the scales of plates. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { mask } from '../../../dsl/combinators/mask.js';
import { item } from '../../../dsl/tensors/item.js';
import { rewrite } from '../../../dsl/program/program.js';
import { type TraceSite, logDensity } from '../../interpreters/trace.js';
import { broken, expectClose } from '../law/law.js';
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

/**
 * Checks that a mask removes what it covers: an observed site that is masked everywhere counts 0, one
 * that is masked nowhere counts as before, for each observed site in turn.
 *
 * - Errors: a broken law, which names the site; a `LawNotApplicable` without an observation.
 *
 * @example
 * ```ts
 * checkMask({ model: observe('x', normal(0, 1), 2) });
 * // An observation that cannot be. A bound that is computed is not judged beforehand.
 * const impossible = observe('x', uniform(0, tf.scalar(1)), 2);
 * E.isLeft(E.tryCatch(() => checkMask({ model: impossible }), String)); // true
 * ```
 */
export const checkMask = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('a mask removes what it covers');
    const values = latentValues(r.past);
    const masked = (name: string, keep: number): number =>
      item(
        logDensity(
          rewrite<unknown, unknown, unknown>(r.model, () => ({
            each: (i) =>
              i.op === 'sample' && i.name === name
                ? { ...i, distribution: mask(i.distribution, keep) }
                : i,
          })),
          { ...r.env, values },
        ),
      );
    const full = item(logDensity(r.model, { ...r.env, values }));
    const observed = sitesOf(r, ['observed']);
    if (observed.length === 0) throw new LawNotApplicable('checkMask', 'an observed site', 'none');
    const isDrawn = Object.keys(values).length > 0;
    const finite = observed.flatMap(({ name }) => {
      const site = entryOf(r.past.sites, name);
      const own = site === undefined ? 0 : termOf(r, site);
      // A likelihood may be 0 at a draw, of which nothing can be taken away.
      return own === -Infinity && isDrawn ? [] : [{ name, own }];
    });
    if (finite.length === 0) {
      throw new LawNotApplicable('checkMask', 'a likelihood above 0 at a draw of the model', '0');
    }
    for (const { name, own } of finite) {
      if (!Number.isFinite(own)) {
        broken(claim, `a finite log density of '${name}' where it is kept`, String(own));
      }
      expectClose(claim, `the log density with '${name}' kept`, masked(name, 1), full, slackOf(r));
      expectClose(
        claim,
        `the log density with '${name}' masked`,
        masked(name, 0),
        full - own,
        slackOf(r),
      );
    }
  });

/**
 * Checks that a plate scales its terms: told that every plate has three times as many elements, of
 * which it visits these, the terms inside count three times for each plate around them, once.
 *
 * - Errors: a broken law, which names the site; a `LawNotApplicable` for a model whose plates
 *   hold parameters, which there would be more of.
 *
 * @example
 * ```ts
 * checkScale({ model: plate('data', 2, observe('x', normal(0, 1), [1, 2])) });
 * let runs = 0;
 * const restless = program(function* () {
 *   runs += 1;
 *   yield* plate('data', 2, observe('x', normal(runs, 1), [1, 2]));
 * });
 * E.isLeft(E.tryCatch(() => checkScale({ model: restless }), String)); // true
 * ```
 */
export const checkScale = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('a plate scales its terms');
    const TIMES = 3;
    const larger = rewrite<unknown, unknown, unknown>(r.model, () => ({
      each: (i) => {
        if (i.op === 'subsample') return i;
        if (i.op === 'param') {
          if (i.plates.length === 0) return i;
          const received = `'${i.name}', of which there would be more`;
          throw new LawNotApplicable('checkScale', 'no parameter in a plate', received);
        }
        return { ...i, plates: i.plates.map((p) => ({ ...p, size: p.size * TIMES })) };
      },
    }));
    if (!Object.values(r.past.sites).some(({ plates }) => plates.length > 0)) {
      throw new LawNotApplicable('checkScale', 'a site in a plate', 'none');
    }
    const values = latentValues(r.past);
    const after = item(logDensity(larger, { ...r.env, values }));
    const expected = sitesOf(r, ['latent', 'observed', 'factor']).reduce((sum, site) => {
      const own = site.kind === 'factor' ? factorAt(r, site) : termOf(r, site);
      return sum + own * TIMES ** site.plates.length;
    }, 0);
    expectClose(claim, 'the log joint', after, expected, {
      ...slackOf(r),
      absolute: TIMES ** 2 * slackOf(r).absolute,
    });
  });

/** A factor's term with its repeats over plates. */
const factorAt = (r: Ran, site: TraceSite): number => {
  const none = rewrite<unknown, unknown, unknown>(r.model, () => ({
    each: (i) =>
      i.op === 'factor' && i.name === site.name
        ? { ...i, logFactor: tf.zerosLike(i.logFactor) }
        : i,
  }));
  const at = { ...r.env, values: latentValues(r.past) };
  return item(logDensity(r.model, at)) - item(logDensity(none, at));
};
