/** Whether a guide's posteriors are calibrated, over data sets drawn from the model. */
import * as tf from '@tensorflow/tfjs';
import { keyRule } from '../random/key-rule.js';
import type { Program, Tensor } from '../../dsl/index.js';
import { isProgram } from '../../dsl/program/program.js';
import { entryOf, mapped } from '../../dsl/records/dictionary.js';
import type { LatentName } from '../../dsl/program/condition.js';
import type { Names } from '../../dsl/program/site.js';
import { predictive } from '../inference/predictive.js';
import {
  checkWhole,
  anything,
  callable,
  checkOptions,
  listOf,
  recordOf,
  required,
  fraction,
} from '../../dsl/refusals/options.js';
import type { Params } from '../interpreters/params.js';
import { type Key, foldIn, randomUniform } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import { type TestResult, symmetryTest, uniformityTest } from './rank-tests.js';
import { type Values, drawAt, simulateData } from '../evidence/simulated-data.js';

/** A fitted guide: a program, with its parameters where they are not in the options. */
export interface FittedGuide {
  readonly guide: Program<unknown, unknown>;
  readonly params?: Params;
  /** Called when its draws are taken: frees what the fit made. */
  readonly free?: () => void;
}

export interface CalibrationSpec<E = unknown, S extends string = string> {
  /** The model without its condition. */
  readonly model: Program<E, unknown>;
  /** The sites that are data. */
  readonly observed: readonly LatentName<E, S>[];
  /** An amortised guide of the data, or a fit to them; all else that it needs comes from the key. */
  readonly infer: (
    data: Readonly<Record<NoInfer<S>, Tensor>>,
    key: Key,
  ) => Program<unknown, unknown> | FittedGuide | Promise<FittedGuide>;
  /** What is ranked, from the values of latent sites; every number of every site by default. */
  readonly quantities?: (
    latents: Readonly<Record<Exclude<Names<E, 'latent'>, NoInfer<S>>, Tensor>>,
  ) => Readonly<Record<string, Tensor | number>>;
}

export interface CalibrationOptions {
  readonly key: Key;
  readonly params?: Params;
  /** Data sets; 150 where it is left out. */
  readonly simulations?: number;
  /** Draws of the guide for each; 99 where it is left out. */
  readonly samples?: number;
  /** The probability that any quantity of a calibrated guide is called otherwise; 0.01 by default. */
  readonly falseAlarm?: number;
}

/**
 * What ranks say. `biased`: truths lie on one side of the posteriors too often. `tooNarrow`: they lie
 * far out too often; `tooWide`: too seldom.
 */
export type CalibrationVerdict = 'calibrated' | 'biased' | 'tooNarrow' | 'tooWide';

export interface QuantityCalibration {
  readonly name: string;
  /** The share of posterior draws below each true value; ties and the gaps between are drawn. */
  readonly shares: readonly number[];
  /** Kolmogorov-Smirnov test of the shares against the uniform law. */
  readonly uniformity: TestResult;
  /** Butler's test of their symmetry about ½. */
  readonly symmetry: TestResult;
  readonly verdict: CalibrationVerdict;
}

export interface Calibration {
  readonly quantities: readonly QuantityCalibration[];
  readonly simulations: number;
  readonly samples: number;
}

const stridesOf = (shape: readonly number[]): readonly number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));

/** The name of an element: `z` or `z[1,2]`. */
const labelOf = (name: string, shape: readonly number[], flat: number): string => {
  const place = stridesOf(shape).map((s, i) => Math.floor(flat / s) % (shape[i] ?? 1));
  return place.length === 0 ? name : `${name}[${place.join(',')}]`;
};

/** The draws of every number of every site, which has them along its first axis. */
const columnsOf = (draws: Values): ReadonlyMap<string, readonly number[]> =>
  new Map(
    Object.entries(draws).flatMap(([name, x]) => {
      const shape = x.shape.slice(1);
      const width = shape.reduce((a, b) => a * b, 1);
      const values = x.dataSync();
      return Array.from({ length: width }, (_, flat): readonly [string, readonly number[]] => [
        labelOf(name, shape, flat),
        Array.from({ length: values.length / width }, (__, s) => values[s * width + flat] ?? NaN),
      ]);
    }),
  );

/** The quantities of each of `count` draws. */
const rankedIn = (
  { quantities }: CalibrationSpec,
  draws: Values,
  count: number,
): ReadonlyMap<string, readonly number[]> => {
  if (quantities === undefined) return columnsOf(draws);
  return tidied(
    () => {
      const rows = Array.from({ length: count }, (_, s) => quantities(drawAt(draws, s)));
      const stacked = Object.keys(rows[0] ?? {}).map((name) => {
        const own = rows.map((row) => entryOf(row, name) ?? Number.NaN);
        return [
          name,
          tf.stack(own.map((x) => (typeof x === 'number' ? tf.scalar(x) : x))),
        ] as const;
      });
      return columnsOf(Object.fromEntries(stacked));
    },
    () => [],
  );
};

/** Where the truth falls among draws, in (0, 1): uniform where it is one of them, ties and all. */
const shareOf = (truth: number, draws: readonly number[], u: number): number => {
  const below = draws.filter((x) => x < truth).length;
  const equal = draws.filter((x) => x === truth).length;
  return (below + u * (equal + 1)) / (draws.length + 1);
};

/** One simulation: the share of each quantity. */
const simulate = async (
  spec: CalibrationSpec,
  key: Key,
  samples: number,
  params: Params,
): Promise<ReadonlyMap<string, number>> => {
  const { data, latents } = simulateData(spec.model, spec.observed, {
    key: foldIn(key, 'data'),
    params,
  });
  try {
    const found = await spec.infer(data, foldIn(key, 'infer'));
    const fitted: FittedGuide = isProgram(found) ? { guide: found } : found;
    const drawn = predictive(fitted.guide, {
      key: foldIn(key, 'draws'),
      params: fitted.params ?? params,
      samples,
    });
    const ranked = rankedIn(spec, drawn, samples);
    tf.dispose(drawn);
    fitted.free?.();
    const single = mapped(latents, (x) => tf.expandDims(x, 0));
    const truth = rankedIn(spec, single, 1);
    tf.dispose(single);
    const jitter = randomUniform(foldIn(key, 'ties'), truth.size);
    return new Map(
      [...truth].map(([name, [value = Number.NaN]], i) => {
        const own = ranked.get(name);
        if (own === undefined) {
          throw new RangeError(
            `simulationBasedCalibration: expected a draw of '${name}' from the guide, but it has ` +
              `${[...ranked.keys()].join(', ') || 'none'}; give it the model's latent sites.`,
          );
        }
        return [name, shareOf(value, own, jitter[i] ?? 0.5)];
      }),
    );
  } finally {
    tf.dispose([data, latents]);
  }
};

const verdictOf = (
  shares: readonly number[],
  uniformity: TestResult,
  symmetry: TestResult,
  alarm: number,
): CalibrationVerdict => {
  if (symmetry.pValue < alarm) return 'biased';
  if (uniformity.pValue >= alarm) return 'calibrated';
  // Half of uniform shares lie in the outer quarters.
  const outer = shares.filter((u) => Math.abs(u - 0.5) > 0.25).length;
  return outer * 2 > shares.length ? 'tooNarrow' : 'tooWide';
};

/**
 * Simulation-based calibration: latent values and data are drawn from the model, the guide is run
 * for the data, and each true value is ranked among draws of the guide. The ranks of an exact
 * posterior are uniform.
 *
 * - Uniformity fails for whatever is wrong. Symmetry of the ranks about ½ fails for a bias alone, and
 *   is what a mean-field guide, which is too narrow, can still be asked for (variational
 *   simulation-based calibration).
 * - A quantity is called uncalibrated where a test's p-value is below falseAlarm / (2 · quantities).
 * - It tells of data that are like the model's; real data may not be.
 * - Errors: an observed site that the model does not draw throws a `SiteError`, a quantity that the guide does
 *   not a `RangeError`.
 * - Source: Talts et al. 2018, Validating Bayesian Inference Algorithms with Simulation-Based
 *   Calibration, arXiv:1804.06788; Yao et al. 2018, Yes, but Did It Work?, section 3,
 *   arXiv:1802.02538.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* sample('x', normal(z, 1));
 * });
 * const { quantities } = await simulationBasedCalibration(
 *   { model, observed: ['x'], infer: ({ x }) => sample('z', normal(tf.mul(x, 0.5), 0.1)) },
 *   { key: key(0), simulations: 100 },
 * );
 * quantities.map((q) => [q.name, q.verdict]); // [['z', 'tooNarrow']]
 * quantities[0]?.shares.some((share) => share > 0.95); // true
 * ```
 */
export function simulationBasedCalibration<E, const S extends string>(
  spec: CalibrationSpec<E, S>,
  options: CalibrationOptions,
): Promise<Calibration>;
export async function simulationBasedCalibration(
  spec: CalibrationSpec,
  options: CalibrationOptions,
): Promise<Calibration> {
  const who = 'simulationBasedCalibration';
  checkOptions(who, spec, {
    model: required(anything),
    observed: required(listOf('sites', ['x'])),
    infer: required(callable('infer: (data) => guide(data)')),
    quantities: callable('quantities: ({ z }) => ({ z })'),
  });
  checkOptions(who, options, {
    key: required(keyRule),
    params: recordOf('unconstrained tensors'),
    simulations: anything,
    samples: anything,
    falseAlarm: fraction,
  });
  const { key, params = {}, simulations = 150, samples = 99, falseAlarm = 0.01 } = options;
  checkWhole('simulationBasedCalibration', { simulations, samples });
  const shares = new Map<string, number[]>();
  for (let i = 0; i < simulations; i += 1) {
    for (const [name, share] of await simulate(spec, foldIn(key, i), samples, params)) {
      const all = shares.get(name) ?? [];
      all.push(share);
      shares.set(name, all);
    }
  }
  return {
    simulations,
    samples,
    quantities: [...shares].map(([name, all]) => {
      const uniformity = uniformityTest(all);
      const symmetry = symmetryTest(all);
      const verdict = verdictOf(all, uniformity, symmetry, falseAlarm / (2 * shares.size));
      return { name, shares: all, uniformity, symmetry, verdict };
    }),
  };
}
