/** The law of closed-form divergences. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Tensor, klDivergence } from '../../../dsl/index.js';
import { expand } from '../../../dsl/combinators/expand.js';
import { sameShape, sizeOf } from '../../../dsl/tensors/shape.js';
import { settingsOf } from '../law/inference.js';
import type { LawOptions } from '../law/law-options.js';
import { broken, expectAllClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { column, mean, rowsOf } from '../statistics/numbers.js';
import { BATCHES, batchOf } from '../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../statistics/sequential.js';
import { noiseFor } from './subject.js';

/** Two distributions with a closed form of KL(q ‖ p). */
export interface DivergenceLaw extends LawOptions {
  readonly q: () => Distribution;
  readonly p: () => Distribution;
  /** The closed form, nats over the broadcast batch; `klDivergence` where left out. */
  readonly kl?: (q: Distribution, p: Distribution) => Tensor | undefined;
}

/**
 * Checks a closed-form KL(q ‖ p) = E_q[log q − log p], in nats: against the mean over draws of q by a
 * sequential test for each batch entry, against the sum where q lists its values, and that it is 0 of
 * q and itself.
 *
 * - Errors: a broken law; a `LawNotApplicable` where there is no closed form.
 *
 * @example
 * ```ts
 * const law = { q: () => normal(1, 2), p: () => normal(0, 1) };
 * checkClosedFormKl(law);
 * const kl = (q: Distribution, p: Distribution) => klDivergence(p, q);
 * E.isLeft(E.tryCatch(() => checkClosedFormKl({ ...law, kl }), String)); // true
 * ```
 */
export const checkClosedFormKl = (law: DivergenceLaw): void =>
  tf.tidy(() => {
    const settings = settingsOf(law);
    const { kl = klDivergence } = law;
    const [q, p] = [law.q(), law.p()];
    const of = law.label ?? `${q.family.name} against ${p.family.name}`;
    const claim = { law: 'closed-form KL', of, seed: settings.seed } as const;
    const closed = kl(q, p);
    if (closed === undefined) {
      throw new LawNotApplicable(
        'checkClosedFormKl',
        'a closed form of KL(q ‖ p)',
        `none for ${of}`,
      );
    }
    const exact = [...closed.dataSync()];
    const slack = { absolute: settings.tolerance, relative: settings.tolerance };
    const own = kl(q, q);
    if (own !== undefined) {
      const zeros = Array.from({ length: own.size }, () => 0);
      expectAllClose(claim, 'KL(q ‖ q)', [...own.dataSync()], zeros, slack);
    }
    const wide = (x: Tensor, rows: number): Tensor => tf.add(x, tf.zeros([rows, ...closed.shape]));
    const listed = q.sampler.enumeration;
    if (listed !== undefined) {
      const ones = closed.shape.map(() => 1);
      const at = tf.reshape(listed.values(), [listed.count, ...ones, ...q.eventShape]);
      const logQ = q.logProb(at);
      const terms = tf.mul(tf.exp(logQ), tf.sub(logQ, p.logProb(at)));
      expectAllClose(
        claim,
        'KL(q ‖ p)',
        exact,
        [...tf.sum(wide(terms, listed.count), 0).dataSync()],
        slack,
      );
      return;
    }
    const rows = BATCHES * batchOf(settings);
    const full = sameShape(q.batchShape, closed.shape) ? q : expand(q, closed.shape);
    const value = full.sampler.draw(noiseFor(full, [rows], settings.seed)).value;
    const ratios = rowsOf(
      wide(tf.sub(full.logProb(value), p.logProb(value)), rows).dataSync(),
      sizeOf(closed.shape),
    );
    const width = batchOf(settings);
    const claims = exact.map((x): MeanClaim => ({
      sign: 'zero',
      tolerance: settings.tolerance * Math.max(1, Math.abs(x)),
    }));
    const refuted = testMeans(
      claims,
      (b) => {
        const batch = ratios.slice(b * width, (b + 1) * width);
        return exact.map((x, i) => mean(column(batch, i)) - x);
      },
      { falseAlarm: settings.alarm, batches: BATCHES },
    );
    if (refuted === undefined) return;
    const found = exact[refuted.index] ?? Number.NaN;
    broken(
      claim,
      `the mean of log q − log p, ${found + refuted.mean} ± ${refuted.standardError}, at batch entry ${refuted.index}`,
      String(found),
    );
  });
