/** What differs between training and evaluation. */
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';
import { type Program, perform, rewrite } from './program.js';

/**
 * `training` while a program is trained, `otherwise` at evaluation: the switch that layers such as
 * `batchNorm` are made with.
 *
 * @example
 * ```ts
 * const layer = inTraining(1, 2);
 * simulate(layer, {}).dataSync()[0]; // 1
 * simulate(evaluation(layer), {}).dataSync()[0]; // 2
 * ```
 */
export const inTraining = (training: TensorLike, otherwise: TensorLike): Program<never, Tensor> =>
  perform({
    op: 'inTraining',
    name: 'inTraining',
    training: asTensor(training, 'inTraining'),
    otherwise: asTensor(otherwise, 'inTraining'),
    plates: [],
    evaluating: false,
  });

/**
 * The program as it is evaluated: noise that has a value for evaluation takes it, and layers such as
 * `dropout` and `batchNorm` do what they do after training. Sites are what they were.
 *
 * `evaluate` and `evaluator` of an inference evaluate its programs like this; what is given a program, as
 * `trace`, `predictive` and `evidence` are, runs it as it is.
 *
 * @example
 * ```ts
 * const kept = noise('kept', bernoulli({ probs: 0.5 }), { evaluation: 0.5 });
 * simulate(evaluation(kept), {}).dataSync()[0]; // 0.5
 * ```
 */
export const evaluation = <E, A>(body: Program<E, A>): Program<E, A> =>
  rewrite(body, () => ({
    each: (i) => ('evaluating' in i ? { ...i, evaluating: true } : i),
  }));
