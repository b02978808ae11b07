/** Parameters that are computed rather than descended: exact E and M steps, running averages, copies. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import {
  type Program,
  SiteError,
  type Tensor,
  bijectorTo,
  stopGradient,
} from '../../../dsl/index.js';
import type { Entries } from '../../../dsl/program/named.js';
import type { Names } from '../../../dsl/program/site.js';
import { described } from '../../../dsl/tensors/described.js';
import { refuseUnknown } from '../../../dsl/refusals/unknown-names.js';
import { paramLabel } from '../../../dsl/refusals/error.js';
import { sameShape, showShape } from '../../../dsl/tensors/shape.js';
import { untrained } from '../../bounds/estimators/untrained.js';
import type { Objective } from '../../bounds/objective.js';
import { unscored } from '../../bounds/fit/unscored.js';
import type { ParamRecord, Run } from '../../interpreters/record.js';
import { runProgram } from '../../interpreters/run.js';
import { keyedNoise } from '../../random/noise-source.js';
import { inferenceOf } from './inference-of.js';
import { type Phase, phase } from './phase.js';
import { knownParameter } from '../svi-checks.js';
import type { Svi } from '../inference.js';
import type { Stage } from './stage.js';

/** New values of parameters by name, each in its support. */
export type Assignment = Readonly<Record<string, Tensor>>;

const paramsOf = ({ records }: Run<unknown>): readonly ParamRecord[] =>
  records.filter((r) => r.kind === 'param');

const VISITED =
  'a parameter that the program visits, by `yield* param(…)`, for it is given a new value';

/** The values that a run computed, by the parameters that they are for. */
const assignedBy = (run: Run<unknown>): readonly (readonly [ParamRecord, Tensor])[] => {
  const { result } = run;
  const found: readonly (readonly [string, unknown])[] =
    typeof result === 'object' && result !== null && !(result instanceof tf.Tensor)
      ? Object.entries(result)
      : [];
  if (found.length === 0) {
    throw new SiteError({
      site: 'assign',
      expected: 'new values by the names of parameters',
      received: described(result).words,
      cure: 'Return them at the end of the program: `return { loc: tf.mean(x) }`.',
    });
  }
  const params = paramsOf(run);
  const names = params.map((p) => p.name);
  refuseUnknown(
    found.map(([name]) => name),
    names,
    VISITED,
    paramLabel,
  );
  return found.flatMap(([name, value]) => {
    const param = params.find((p) => p.name === name);
    if (param === undefined) return [];
    if (!(value instanceof tf.Tensor)) {
      throw new SiteError({
        site: `param '${name}'`,
        expected: 'a tensor for its new value',
        received: described(value).words,
        cure: 'Make one: tf.tensor(…).',
      });
    }
    const stored = bijectorTo(param.support).inverse(tf.cast(value, 'float32'));
    if (!sameShape(stored.shape, param.stored.shape)) {
      throw new SiteError({
        site: `param '${name}'`,
        expected: `a new value of its shape, ${showShape(bijectorTo(param.support).forward(param.stored).shape)}`,
        received: showShape(value.shape),
        cure: 'Compute as many numbers as it has.',
      });
    }
    return [[param, stored] as const];
  });
};

const sum = (xs: readonly Tensor[]): Tensor =>
  xs.reduce<Tensor>((a, b) => tf.add(a, b), tf.scalar(0));

/**
 * The surrogate is linear in the parameters, so that its gradient is the new value to the bit; what is
 * reported is how far they go.
 */
const assignment: Objective = {
  name: 'assign',
  particles: 1,
  preferences: { closedFormKl: 'never', discrete: 'score', baseline: 'none', everySite: untrained },
  meaning: {
    requires: { support: 'any', gradient: 'any' },
    over: 'neither',
    bound: 'none',
    loss: true,
    gradient: 'other',
  },
  notation: {
    symbol: 'change',
    formula: { text: '‖new − old‖²', latex: '\\|\\mathrm{new} - \\mathrm{old}\\|^2' },
  },
  estimate: ({ model }) => {
    const assigned = assignedBy(model).map(
      ([{ stored }, next]) => [stored, stopGradient(next)] as const,
    );
    const change = sum(assigned.map(([x, next]) => tf.sum(tf.squaredDifference(next, x))));
    return {
      value: tf.neg(stopGradient(change)),
      surrogate: sum(assigned.map(([x, next]) => tf.sum(tf.mul(next, x)))),
      terms: {},
    };
  },
};

const assigning = <B>(body: (batch: B) => Program<unknown, Assignment>): Phase<B> => {
  const base = phase<B>({
    model: body,
    guide: (batch) => unscored(body(batch)),
    objective: assignment,
    // Never asked: `update` below is the whole of it.
    optimizer: { init: () => ({}), update: (updates, state) => ({ updates, state }) },
  });
  return {
    ...base,
    begin: (key, batch, given) => {
      const start = base.begin(key, batch, given);
      const noise = keyedNoise(key);
      const run = runProgram(body(batch), {
        noise,
        parameter: knownParameter(start.params),
        choose: () => ({ from: 'noise' }),
      });
      const trains = assignedBy(run).map(([{ name }]) => name);
      return { ...start, derivation: { ...start.derivation, trains } };
    },
    // Of −surrogate the gradient is −1 times the new value.
    update: (gradients, { params, optimizer }) => ({
      params: { ...params, ...mapped(gradients, (g) => tf.neg(g)) },
      optimizer,
    }),
  };
};

/**
 * Parameters computed from the batch and one another, not descended: a phase whose program returns their new
 * values by name, each in its support. The E step and the M step of EM are such, where they are known.
 *
 * - The step sets them to what the program returns. Its loss is the squared distance that they go, of the
 *   unconstrained values: 0 once nothing changes.
 * - `gradients` of it are not slopes of that distance, but the new values with their sign turned, which the
 *   step takes.
 * - In a plate that is subsampled a parameter of each element has all of them: return as many.
 * - Errors: a name that the program does not visit as a parameter, a value of another shape, and what is no
 *   tensor throw a `SiteError` in `init`; a value outside the support is a loss that is not finite.
 * - Source: Dempster, Laird and Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x; as coordinate ascent Neal
 *   and Hinton 1998, doi:10.1007/978-94-011-5014-9_12.
 *
 * @example
 * ```ts
 * const fitted = assign((x: Tensor) => program(function* () {
 *   yield* param('loc', 0);
 *   yield* param('scale', 1, { support: positive });
 *   const { mean, variance } = tf.moments(x);
 *   return { loc: mean, scale: tf.sqrt(variance) };
 * }));
 * const x = tf.tensor1d([1, 3, 5, 7]);
 * const [state] = fitted.step(fitted.init(key(0), x), x);
 * const { loc, scale } = paramValues(state);
 * [loc, scale].map(item); // [4, 2.236068]
 * ```
 */
export function assign<E, A extends Assignment, B = void>(
  body: (batch: B) => Program<E, Entries<A, Names<E, 'param'>, 'parameter'>>,
): Svi<B, Names<E, 'param'>, E>;
export function assign<B>(body: (batch: B) => Program<unknown, Assignment>): Svi<B> {
  const only: Stage<B> = { name: '', phase: assigning(body), paces: [] };
  return inferenceOf([only], only);
}
