/** A Markov chain with observations, as its laws give it: numbers of steps and states, and logarithms of its chances. */
import * as tf from '@tensorflow/tfjs';
import { categoricalFamily } from '../distributions/classes/categorical.js';
import { type Distribution, isOf } from '../law/distribution.js';
import { checkOptions, demand, required, whole } from '../refusals/options.js';
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, showShape } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

export interface ChainOptions {
  /** How many observations a series has. */
  readonly steps: number;
  /** The laws that have an axis of steps on the left of that of states. */
  readonly timeVarying?: readonly ('transition' | 'observation')[];
}

export interface Chain {
  readonly steps: number;
  readonly states: number;
  readonly batchShape: Shape;
  /** log p of the first state, `[..., states]`. */
  readonly start: Tensor;
  /** log p of each state given the one before, `[..., steps − 1, states, states]`, or 1 for all steps. */
  readonly moves: Tensor;
  readonly transitionVaries: boolean;
  readonly observationVaries: boolean;
}

const WHO = 'hiddenMarkov';
const NAMES: readonly string[] = ['transition', 'observation'];

/** The logarithms of the chances of a categorical law. */
const logitsOf = (law: Distribution, name: string): Tensor => {
  if (isOf(law, categoricalFamily)) return law.parameters.logits;
  throw new RangeError(
    `${WHO}: expected ${name} to be a categorical, but got ${law.family.name}; give its chances by categorical({ probs }).`,
  );
};

/** Refuses a law whose batch does not end as the chain does. */
const checkEnd = (name: string, { batchShape }: Distribution, end: Shape, of: string): void => {
  const fits =
    batchShape.length >= end.length &&
    end.every((n, i) => n === batchShape[batchShape.length - end.length + i]);
  demand(
    fits,
    WHO,
    `${name} of batch shape [..., ${end.join(', ')}], ${of}`,
    `batch shape ${showShape(batchShape)}`,
    'give one law for each of them',
  );
};

/** The chain of an initial law, a transition and an observation. */
export const chainOf = (
  initial: Distribution,
  transition: Distribution,
  observation: Distribution,
  options: ChainOptions,
): Chain => {
  checkOptions(WHO, options, {
    steps: required(whole(1)),
    timeVarying: {
      expected: "a list of 'transition' and 'observation'",
      holds: (given) => Array.isArray(given) && given.every((name) => NAMES.includes(String(name))),
      cure: "pass ['transition'], say",
    },
  });
  const { steps, timeVarying = [] } = options;
  const [start, logits] = [logitsOf(initial, 'initial'), logitsOf(transition, 'transition')];
  const states = start.shape.at(-1) ?? 0;
  const transitionVaries = timeVarying.includes('transition');
  const observationVaries = timeVarying.includes('observation');
  const given = logits.shape.at(-1) ?? 0;
  demand(
    given === states,
    WHO,
    `transition over the ${states} states of initial`,
    `${given}`,
    'give both as many classes',
  );
  const before: Shape = transitionVaries ? [steps - 1, states] : [states];
  checkEnd('transition', transition, before, transitionVaries ? 'steps − 1 and states' : 'states');
  const seen: Shape = observationVaries ? [steps, states] : [states];
  checkEnd('observation', observation, seen, observationVaries ? 'steps and states' : 'states');
  return {
    steps,
    states,
    batchShape: broadcastAll(WHO, [
      initial.batchShape,
      dropLast(transition.batchShape, before.length),
      dropLast(observation.batchShape, seen.length),
    ]),
    start,
    moves: transitionVaries ? logits : tf.expandDims(logits, -3),
    transitionVaries,
    observationVaries,
  };
};
