/** Whether data look like what the fitted model would draw. */
import * as tf from '@tensorflow/tfjs';
import { keyRule } from '../random/key-rule.js';
import { type Program, type Tensor, item } from '../../dsl/index.js';
import { entryOf, only } from '../../dsl/records/dictionary.js';
import { meantBy } from '../../dsl/refusals/nearest.js';
import type { Entries } from '../../dsl/program/named.js';
import { type DrawnNames, type PredictiveOptions, predictive } from '../inference/predictive.js';
import {
  checkWhole,
  anything,
  checkOptions,
  demand,
  recordOf,
  required,
} from '../../dsl/refusals/options.js';
import { showShape } from '../../dsl/tensors/shape.js';
import { type Values, drawAt } from '../evidence/simulated-data.js';

/**
 * A number that sums up a data set, from its sites' values. `sites` has every site of one draw of
 * the model, latent and deterministic ones among them, for discrepancies that depend on them.
 */
export type Statistic<D = Values, N extends string = string> = (
  data: D,
  sites: Readonly<Record<N, Tensor>>,
) => Tensor | number;

export interface CheckOptions<D = Values, N extends string = string> extends Omit<
  PredictiveOptions,
  'guide'
> {
  /** The data that were observed, by site, as the model would draw them. */
  readonly data: Entries<D, N, 'site'>;
  readonly statistics: Readonly<Record<string, Statistic<D, N>>>;
}

/** One statistic of the data beside the same of replicated data. */
export interface StatisticCheck {
  readonly name: string;
  /** T(data, z) for each draw of the latent values; all equal where it does not depend on them. */
  readonly observed: Float64Array;
  /** T(replicated data, z) for each. */
  readonly replicated: Float64Array;
  /** P(T(replicated) > T(observed)), ties counted half: near 0 or 1 where the model misses it. */
  readonly pValue: number;
  /** Monte Carlo standard error of the p-value. */
  readonly standardError: number;
}

const numberOf = (x: Tensor | number, name: string): number => {
  if (typeof x === 'number') return x;
  const expected = `one number from statistic '${name}'`;
  const shape = `shape ${showShape(x.shape)}`;
  demand(x.size === 1, 'posteriorPredictiveCheck', expected, shape, 'sum or average it');
  return item(x);
};

const checkShapes = (data: Values, draws: Values): void => {
  for (const [name, x] of Object.entries(data)) {
    const drawn = entryOf(draws, name)?.shape.slice(1);
    if (drawn?.join() === x.shape.join()) continue;
    const received =
      drawn === undefined
        ? `but it has no such site. ${meantBy(name, Object.keys(draws))} P`
        : `[${drawn.join(', ')}], but got [${x.shape.join(', ')}]; p`;
    throw new RangeError(
      `posteriorPredictiveCheck: expected data for '${name}' as the model draws it, ${received}` +
        'ass the model without its condition, for as many elements as there are data.',
    );
  }
};

/**
 * Posterior predictive checks: for each draw of the guide a data set is drawn from the model, and
 * statistics of it are set beside those of the data.
 *
 * - A p-value is the share of replicated data sets with the larger statistic. Under a model that is
 *   right it gathers about ½, as the data were used to fit: it is no test's p-value, and small ones
 *   are rarer than uniform.
 * - `model` is not conditioned; without a guide the check is of the prior.
 * - Errors: data of another shape than the model draws, or a statistic that is not one number, throws
 *   a `RangeError`.
 * - Source: Gelman, Meng and Stern 1996, Posterior Predictive Assessment of Model Fitness via Realized
 *   Discrepancies, Statistica Sinica 6, sections 2.1 and 2.2.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const mean = yield* sample('mean', normal(0, 10));
 *   return yield* plate('data', 4, sample('x', normal(mean, 1)));
 * });
 * // The fourth number lies six standard deviations off; the mean says nothing of it.
 * const x = asTensor([0, 0, 0, 6]);
 * const checks = posteriorPredictiveCheck(model, sample('mean', normal(1.5, 0.5)), {
 *   key: key(0),
 *   samples: 200,
 *   data: { x },
 *   statistics: {
 *     mean: (data) => tf.mean(data.x),
 *     largest: (data) => tf.max(data.x),
 *   },
 * });
 * checks.map(({ name, pValue }) => [name, 0.05 < pValue && pValue < 0.95]);
 * // [['mean', true], ['largest', false]]
 * ```
 */
export function posteriorPredictiveCheck<E, const D extends Values>(
  model: Program<E, unknown>,
  guide: Program<unknown, unknown> | undefined,
  options: CheckOptions<D, DrawnNames<E>>,
): readonly StatisticCheck[];
export function posteriorPredictiveCheck(
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown> | undefined,
  given: CheckOptions,
): readonly StatisticCheck[] {
  checkOptions('posteriorPredictiveCheck', given, {
    key: required(keyRule),
    params: recordOf('unconstrained tensors'),
    samples: anything,
    data: required(recordOf('data')),
    statistics: required(recordOf('statistics')),
  });
  const { data, statistics, ...options } = given;
  const { samples } = options;
  checkWhole('posteriorPredictiveCheck', { samples });
  const draws = predictive(model, { ...options, ...(guide && { guide }) });
  try {
    checkShapes(data, draws);
    return Object.entries(statistics).map(([name, statistic]): StatisticCheck => {
      const observed = new Float64Array(samples);
      const replicated = new Float64Array(samples);
      for (let s = 0; s < samples; s += 1) {
        tf.tidy(() => {
          const sites = drawAt(draws, s);
          const replica = only(sites, (site) => Object.hasOwn(data, site));
          observed[s] = numberOf(statistic(data, { ...sites, ...data }), name);
          replicated[s] = numberOf(statistic(replica, sites), name);
        });
      }
      const larger = replicated.map((r, s) => 0.5 + 0.5 * Math.sign(r - (observed[s] ?? 0)));
      const pValue = larger.reduce((a, b) => a + b, 0) / samples;
      return {
        name,
        observed,
        replicated,
        pValue,
        standardError: Math.sqrt((pValue * (1 - pValue)) / samples),
      };
    });
  } finally {
    tf.dispose(draws);
  }
}
