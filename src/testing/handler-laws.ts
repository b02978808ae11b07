/** Laws of what interpreters and handlers make of a program: traces, masks, hidden and given sites. */
import * as tf from '@tensorflow/tfjs';
import { type Program, block, condition, intervene } from '../../dsl/index.js';
import { mask } from '../../dsl/combinators/mask.js';
import { plateScale } from '../../dsl/program/layout.js';
import { rewrite } from '../../dsl/program/program.js';
import { latentSites } from '../bounds/structure.js';
import { drawWeights } from '../inference/evidence.js';
import { type Trace, type TraceSite, replay, score, trace } from '../interpreters/trace.js';
import { keyedNoise } from '../noise-source.js';
import type { Params } from '../params.js';
import type { Key } from '../random/index.js';
import type { LawName } from './catalogue.js';
import {
  type AnyProgram,
  type Inference,
  type LawOptions,
  nothing,
  paramsOf,
  settingsOf,
  trialOf,
} from './inference.js';
import { type Claim, broken, expectClose } from './law.js';
import { LawNotApplicable } from './not-applicable.js';
import { rowsOf } from './numbers.js';
import { isInside } from './support-geometry.js';

/** One program, its data given. */
export interface ProgramUnderTest extends LawOptions {
  readonly model: Program<unknown, unknown>;
  readonly params?: Params;
}

interface Ran {
  readonly model: AnyProgram;
  readonly env: { readonly key: Key; readonly params: Params };
  readonly past: Trace<unknown>;
  readonly claim: (law: LawName) => Claim;
  readonly tolerance: number;
}

const ran = (law: ProgramUnderTest): Ran => {
  const { seed, key, tolerance } = settingsOf(law);
  const params = paramsOf(law.model, nothing, law.params);
  const env = { key, params };
  const past = trace(law.model, env);
  const named = Object.values(past.sites).filter((s) => s.logProb !== undefined);
  const of = law.label ?? `the model of ${named.map((s) => `'${s.name}'`).join(', ')}`;
  return { model: law.model, env, past, tolerance, claim: (name) => ({ law: name, of, seed }) };
};

const numberOf = (x: tf.Tensor): number => x.dataSync()[0] ?? Number.NaN;

const totalOf = ({ logProb, scale }: TraceSite): number =>
  logProb === undefined ? 0 : scale * numberOf(tf.sum(logProb));

const slackOf = ({ past, tolerance }: Ran) => {
  const terms = Object.values(past.sites).map(totalOf);
  const size = terms.reduce((sum, t) => sum + Math.abs(t), 1);
  return { absolute: tolerance * size, relative: 0 };
};

/** A site's terms as it declares them: log p may be less than its plates are, and is then repeated. */
const filledSites = (r: Ran, kinds: readonly TraceSite['kind'][]): readonly TraceSite[] =>
  Object.values(r.past.sites).filter((s) => kinds.includes(s.kind));

const latentValues = (past: Trace<unknown>) =>
  Object.fromEntries(
    Object.values(past.sites)
      .filter((s) => s.kind === 'latent')
      .map((s) => [s.name, s.value]),
  );

const sameDraws = (claim: Claim, before: Trace<unknown>, after: Trace<unknown>): void => {
  for (const { name, value } of Object.values(before.sites)) {
    const other = after.sites[name]?.value;
    if (other === undefined) continue;
    const [xs, ys] = [[...value.dataSync()], [...other.dataSync()]];
    if (xs.length !== ys.length || xs.some((x, i) => !Object.is(x, ys[i]))) {
      broken(claim, `site '${name}' to keep its value`, `${ys.slice(0, 4)} for ${xs.slice(0, 4)}`);
    }
  }
};

/**
 * Checks that a replay is the run: `replay` of a trace gives every value and the log joint again,
 * `score` at its values gives that log joint, and running twice with one key gives one trace.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * checkReplay({ model: sample('z', normal(0, 1)) });
 * ```
 */
export const checkReplay = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const { model, env, past } = r;
    const claim = r.claim('a replay is the run');
    sameDraws(claim, past, trace(model, env));
    const again = replay(model, past, { params: env.params });
    sameDraws(claim, past, again);
    const expected = numberOf(past.logJoint);
    expectClose(
      claim,
      'the log joint of the replay',
      numberOf(again.logJoint),
      expected,
      slackOf(r),
    );
    const scored = numberOf(score(model, { params: env.params, values: latentValues(past) }));
    expectClose(claim, 'the score at its values', scored, expected, slackOf(r));
  });

/**
 * Checks that hiding a site takes its log probability away and nothing else: with each latent site
 * blocked in turn the log joint is less by its term, and all draws are as they were.
 *
 * - Errors: a broken law, which names the site.
 *
 * @example
 * ```ts
 * checkBlock({ model: sample('z', normal(0, 1)) });
 * ```
 */
export const checkBlock = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('a blocked site takes only its term away');
    const before = numberOf(r.past.logJoint);
    for (const site of filledSites(r, ['latent'])) {
      const after = trace(block(r.model, [site.name]), r.env);
      sameDraws(claim, r.past, after);
      if (after.sites[site.name] !== undefined) {
        broken(claim, `no record of the hidden site '${site.name}'`, 'one');
      }
      const what = `the log joint without '${site.name}'`;
      expectClose(claim, what, numberOf(after.logJoint), before - totalAt(r, site), slackOf(r));
    }
  });

/** A site's term with its repeats over plates, found as what the site adds to a score. */
const totalAt = (r: Ran, site: TraceSite): number => {
  const hidden = rewrite<unknown, unknown, unknown>(r.model, () => ({
    each: (i) =>
      i.op === 'sample' && i.name === site.name
        ? { op: 'deterministic', name: i.name, value: site.value, plates: i.plates }
        : i,
  }));
  const values = latentValues(r.past);
  const { params } = r.env;
  const without = Object.fromEntries(Object.entries(values).filter(([n]) => n !== site.name));
  return (
    numberOf(score(r.model, { params, values })) -
    numberOf(score(hidden, { params, values: without }))
  );
};

/**
 * Checks that conditioning is scoring: given the value of each latent site in turn, the model scores it
 * as `score` does; intervened on, it does so without the site's own probability.
 *
 * - Errors: a broken law, which names the site.
 *
 * @example
 * ```ts
 * checkCondition({ model: sample('z', normal(0, 1)) });
 * ```
 */
export const checkCondition = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('conditioning is scoring');
    const { params } = r.env;
    const values = latentValues(r.past);
    const expected = numberOf(score(r.model, { params, values }));
    for (const site of filledSites(r, ['latent'])) {
      const { [site.name]: _, ...others } = values;
      const given = { [site.name]: site.value };
      const seen = numberOf(score(condition(r.model, given), { params, values: others }));
      expectClose(claim, `the score given '${site.name}'`, seen, expected, slackOf(r));
      const forced = numberOf(score(intervene(r.model, given), { params, values: others }));
      const own = site.logProb === undefined ? 0 : totalAt(r, site);
      expectClose(
        claim,
        `the score with '${site.name}' forced`,
        forced,
        expected - own,
        slackOf(r),
      );
    }
  });

/**
 * Checks that a mask removes what it covers: an observed site that is masked everywhere counts 0, one
 * that is masked nowhere counts as before, for each observed site in turn.
 *
 * - Errors: a broken law, which names the site.
 *
 * @example
 * ```ts
 * checkMask({ model: observe('x', normal(0, 1), 2) });
 * ```
 */
export const checkMask = (law: ProgramUnderTest): void =>
  tf.tidy(() => {
    const r = ran(law);
    const claim = r.claim('a mask removes what it covers');
    const { params } = r.env;
    const values = latentValues(r.past);
    const masked = (name: string, keep: number): number =>
      numberOf(
        score(
          rewrite<unknown, unknown, unknown>(r.model, () => ({
            each: (i) =>
              i.op === 'sample' && i.name === name
                ? { ...i, distribution: mask(i.distribution, keep) }
                : i,
          })),
          { params, values },
        ),
      );
    const full = numberOf(score(r.model, { params, values }));
    for (const { name } of filledSites(r, ['observed'])) {
      const site = r.past.sites[name];
      if (site === undefined) continue;
      const own = totalAt(r, site);
      expectClose(claim, `the score with '${name}' kept`, masked(name, 1), full, slackOf(r));
      expectClose(
        claim,
        `the score with '${name}' masked`,
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
    const values = latentValues(r.past);
    const { params } = r.env;
    const after = numberOf(score(larger, { params, values }));
    const expected = filledSites(r, ['latent', 'observed', 'factor']).reduce((sum, site) => {
      const own = site.kind === 'factor' ? factorAt(r, site) : totalAt(r, site);
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
  const at = { params: r.env.params, values: latentValues(r.past) };
  return numberOf(score(r.model, at)) - numberOf(score(none, at));
};

/**
 * Checks that draws have a finite weight: 256 draws of the guide lie in the supports of their sites, in
 * guide and model, and the model gives each a finite log density; draws of the model lie in theirs.
 *
 * - Errors: a broken law, which names the site and the value.
 *
 * @example
 * ```ts
 * checkSupports({ model: sample('z', gamma(2, 1)), guide: sample('z', logNormal(0, 1)) });
 * ```
 */
export const checkSupports = (inference: Inference): void =>
  tf.tidy(() => {
    const COUNT = 256;
    const trial = trialOf(inference);
    const { model, guide, params, structure, key } = trial;
    const claim = trial.claim('draws have a finite weight');
    const supports = {
      model: new Map(latentSites(structure.model).map((s) => [s.name, s])),
      guide: new Map(latentSites(structure.guide).map((s) => [s.name, s])),
    };
    const sides = [
      ['model', model, ['model']],
      ['guide', guide, ['guide', 'model']],
    ] as const;
    for (const [side, drawn, within] of sides) {
      const { sites } = trace(drawn, { key, params, particles: COUNT });
      for (const { name, value, kind } of Object.values(sites)) {
        if (kind !== 'latent') continue;
        for (const of of within) {
          const site = supports[of].get(name);
          if (site === undefined) continue;
          const size = site.eventShape.reduce((product, n) => product * n, 1);
          const outside = rowsOf(value.dataSync(), size).find((e) => !isInside(site.support, e));
          if (outside !== undefined) {
            broken(
              claim,
              `every draw of '${name}' by the ${side} in the support of the ${of}, ${site.support.kind}`,
              `[${outside.join(', ')}]`,
            );
          }
        }
      }
    }
    const noise = keyedNoise(key);
    const isWhole = structure.model.every((s) => plateScale(s.plates) === 1);
    if (!isWhole) return;
    const { depth } = structure;
    const weights = drawWeights(model, guide, { params, noise, count: COUNT, depth });
    const bad = [...weights.dataSync()].find((w) => !Number.isFinite(w));
    if (bad !== undefined)
      broken(claim, 'a finite log weight at every draw of the guide', String(bad));
  });
