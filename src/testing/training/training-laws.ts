/** Laws of training: it can be stopped, it does not leak, and it compiles to what it was. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf, mapped } from '../../../dsl/records/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { compiledStepper } from '../../inference/compiled/compiled-stepper.js';
import { type Optimizer, chained } from '../../optimizers/optimizer.js';
import { clipByGlobalNorm } from '../../optimizers/clip.js';
import { adam } from '../../optimizers/adam.js';
import { sgd } from '../../optimizers/sgd.js';
import { eagerStepper, freeState } from '../../inference/stepper.js';
import { svi } from '../../inference/svi.js';
import { type SviState, stateTensors } from '../../inference/svi-state.js';
import type { SviMetrics } from '../../inference/metrics.js';
import type { Svi } from '../../inference/inference.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { type Inference, type Trial, trialOf } from '../law/inference.js';
import { broken, expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { toNumbers, toTensor } from '../statistics/numbers.js';

/** How an inference is trained. */
export interface TrainingLaw extends Inference {
  /** `elbo()` where left out. */
  readonly objective?: Objective;
  /** Adam with rate 0.01 where left out. */
  readonly optimizer?: Optimizer;
}

interface Start {
  readonly inference: Svi<void>;
  readonly state: SviState;
  readonly claim: Trial['claim'];
}

/** The first state of a training, at the parameters that were given. */
const startOf = (law: TrainingLaw): Start => {
  const { objective = elbo(), optimizer = adam(0.01) } = law;
  const trial = trialOf(law);
  const { model, guide, key, params, claim } = trial;
  const inference = svi({
    model: () => model,
    guide: () => guide,
    objective,
    optimizer,
  });
  const first = inference.init(key, undefined);
  const given = mapped(first.params, (x, name) => tf.clone(entryOf(params, name) ?? x));
  return { inference, state: { ...first, params: given }, claim };
};

const lossOf = ({ loss }: SviMetrics): number => loss.dataSync()[0] ?? Number.NaN;

const advance = (
  { inference }: Start,
  from: SviState,
  steps: number,
): readonly [SviState, readonly number[]] => {
  let state = from;
  const losses: number[] = [];
  for (let i = 0; i < steps; i += 1) {
    const [next, metrics] = inference.step(state, undefined);
    losses.push(lossOf(metrics));
    state = next;
  }
  return [state, losses];
};

/** A state as it comes back from a file: the same numbers, in tensors and records of their own. */
const reread = (state: SviState): SviState => {
  const copy = (tensors: SviState['params']) =>
    mapped(tensors, (x: Tensor) => toTensor(toNumbers(x)));
  return {
    ...state,
    params: copy(state.params),
    optimizer: copy(state.optimizer),
    carry: copy(state.carry),
  };
};

/**
 * Checks that training which is stopped and resumed is the training that goes on: after three steps
 * the state is copied number for number, and three more steps from either give the same bits, in
 * losses, parameters and the optimiser.
 *
 * It finds state outside the state: counters, `Math.random`, closures that change.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * const model = sample('z', normal(0, 1));
 * const guide = (more: () => number) => program(function* () {
 *   yield* sample('z', normal(tf.add(yield* param('loc', 1), more()), 1));
 * });
 * checkResume({ model, guide: guide(() => 0) });
 * let runs = 0;
 * E.isLeft(E.tryCatch(() => checkResume({ model, guide: guide(() => (runs += 1)) }), String)); // true
 * ```
 */
export const checkResume = (law: TrainingLaw): void =>
  tf.tidy(() => {
    const STEPS = 3;
    const start = startOf(law);
    const claim = start.claim('a resumed run is the run');
    const [half] = advance(start, start.state, STEPS);
    const saved = reread(half);
    const [whole, losses] = advance(start, half, STEPS);
    const [resumed, again] = advance(start, saved, STEPS);
    losses.forEach((loss, i) => {
      if (!Object.is(loss, again[i])) {
        broken(claim, `loss ${loss} at step ${STEPS + i}`, `${again[i]} after resuming`);
      }
    });
    const [a, b] = [stateTensors(whole), stateTensors(resumed)];
    a.forEach((x, i) => {
      const [xs, ys] = [[...x.dataSync()], [...(b[i]?.dataSync() ?? [])]];
      const at = xs.findIndex((v, k) => !Object.is(v, ys[k]));
      if (at >= 0) broken(claim, `a state with ${xs[at]}`, `${ys[at]} after resuming`);
    });
  });

/**
 * Checks that memory stays flat: after two steps to warm up, four more and as many evaluations leave
 * as many tensors as there were.
 *
 * - Errors: a broken law.
 *
 * @example
 * ```ts
 * const model = (simulator: (z: Tensor) => Tensor) => program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(blackBox(simulator, { shape: [] })(z), 1), 2);
 * });
 * const guide = sample('z', normal(1, 1));
 * checkMemory({ model: model((z) => tf.square(z)), guide });
 * const hoarding = model((z) => tf.keep(tf.square(z)));
 * E.isLeft(E.tryCatch(() => checkMemory({ model: hoarding, guide }), String)); // true
 * ```
 */
export const checkMemory = (law: TrainingLaw): void =>
  tf.tidy(() => {
    const start = startOf(law);
    const claim = start.claim('memory stays flat');
    const free = ({ loss, terms }: SviMetrics): void => tf.dispose([loss, ...Object.values(terms)]);
    let { state } = start;
    let before = 0;
    for (let i = 0; i < 6; i += 1) {
      const [next, metrics] = start.inference.step(state, undefined);
      free(metrics);
      freeState(state);
      free(start.inference.evaluate(next, undefined));
      state = next;
      const { numTensors } = tf.memory();
      if (i >= 2 && numTensors !== before) {
        broken(claim, `${before} tensors after step ${i}`, String(numTensors));
      }
      before = numTensors;
    }
  });

const EXECUTORS = ['javascript', 'onnxruntime'] as const;

/** Steps that shrink with the gradient, which Adam's do not: it makes a whole one of what rounding leaves of 0. */
const descent: Optimizer = chained(clipByGlobalNorm(1), sgd(0.01));

/**
 * Checks that compiled steps are eager ones: three steps from one state have the same losses and
 * parameters in generated JavaScript and, where it is installed and can run it, in ONNX Runtime, to a
 * relative 1e-3. Without `optimizer` by gradient descent, clipped
 * to a norm of 1, and to a hundredth of the longest step.
 *
 * - Errors: a broken law; a `LawNotApplicable` for what cannot be compiled, with the reason.
 *
 * @example
 * ```ts
 * const model = (simulator: (z: Tensor) => Tensor) => program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(blackBox(simulator, { shape: [] })(z), 1), 2);
 * });
 * const guide = program(function* () {
 *   yield* sample('z', normal(yield* param('loc', 1), 1));
 * });
 * await checkCompiled({ model: model((z) => tf.square(z)), guide });
 * // Host code that counts its calls.
 * let calls = 0;
 * const counting = model((z) => tf.add(z, (calls += 1)));
 * await checkCompiled({ model: counting, guide }).then(() => 'kept', () => 'broken'); // 'broken'
 * ```
 */
export const checkCompiled = async (law: TrainingLaw): Promise<void> => {
  const STEPS = 3;
  const start = tidied(
    () => startOf({ optimizer: descent, ...law }),
    ({ state }) => stateTensors(state),
  );
  const claim = start.claim('compiled steps are eager steps');
  const slack = { absolute: 1e-3, relative: 1e-3 };
  const eager = eagerStepper(start.inference, start.state);
  try {
    const expected = await eager.advance(undefined, STEPS);
    if (E.isLeft(expected)) throw new Error(expected.left);
    const refusals: string[] = [];
    for (const executor of EXECUTORS) {
      const made = await compiledStepper(start.inference, start.state, undefined, { executor });
      if (E.isLeft(made)) {
        // Not every machine has ONNX Runtime, nor has an executor every kernel.
        refusals.push(made.left);
        continue;
      }
      try {
        const losses = await made.right.advance(undefined, STEPS);
        if (E.isLeft(losses)) throw new Error(losses.left);
        expected.right.forEach((loss, i) =>
          expectClose(claim, `loss ${i} in ${executor}`, losses.right[i] ?? NaN, loss, slack),
        );
        tidied(
          () => {
            const [after, before] = [made.right.state(), eager.state()];
            const moved = Object.entries(before.params).flatMap(([name, x]) => [
              ...tf.abs(tf.sub(x, entryOf(start.state.params, name) ?? x)).dataSync(),
            ]);
            const far = moved.reduce((most, m) => Math.max(most, m), 0);
            const allowed = law.optimizer ? slack : { absolute: far / 100 + 1e-6, relative: 1e-6 };
            for (const [name, x] of Object.entries(before.params)) {
              const [xs, ys] = [x.dataSync(), entryOf(after.params, name)?.dataSync() ?? []];
              xs.forEach((v, k) =>
                expectClose(
                  claim,
                  `entry ${k} of '${name}' in ${executor}`,
                  ys[k] ?? NaN,
                  v,
                  allowed,
                ),
              );
            }
            return true;
          },
          () => [],
        );
      } finally {
        await made.right.close();
      }
    }
    if (refusals.length === EXECUTORS.length) {
      const reasons = refusals.join('; ');
      throw new LawNotApplicable('checkCompiled', 'a step that can be compiled', reasons);
    }
  } finally {
    await eager.close();
    freeState(start.state);
  }
};
