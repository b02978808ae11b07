/** Programs without draws as plain functions of tensors, which can be differentiated and batched. */
import { entryOf } from '../records/dictionary.js';
import { SiteError, siteLabel } from '../refusals/error.js';
import { listedNames } from '../refusals/nearest.js';
import { type Tensor, asTensor } from '../tensors/tensor.js';
import type { InTrainingInstruction, Instruction, ParamInstruction } from './instruction.js';
import { type Program, type Visit, instructionOf, visitsOf } from './program.js';

/** A network, or anything else that makes a program of a tensor. */
export type Net<E, A> = (x: Tensor) => Program<E, A>;

/** How a function answers what its program asks. */
interface Answers {
  readonly parameter: (i: ParamInstruction) => Tensor;
  readonly evaluating: boolean;
}

const refused = (i: Instruction): never => {
  throw new SiteError({
    site: siteLabel(i.name),
    expected: 'a program of parameters and tensors alone, to be a function of its argument',
    received:
      i.op === 'rowMean' ? 'a mean over the rows of a batch' : `an instruction '${i.op}' in it`,
    cure: 'Take layers as they are evaluated, evaluation(net(x)), and draw outside of it.',
  });
};

const answerTo = (i: Instruction, { parameter, evaluating }: Answers): Tensor => {
  switch (i.op) {
    case 'param':
      return parameter(i);
    case 'deterministic':
      return i.value;
    case 'inTraining':
      return evaluating || i.evaluating ? i.otherwise : i.training;
    case 'noise':
      return (evaluating || i.evaluating) && i.evaluation !== undefined ? i.evaluation : refused(i);
    case 'rowMean':
      return evaluating || i.evaluating ? i.value : refused(i);
    case 'sample':
    case 'factor':
    case 'subsample':
      return refused(i);
  }
};

const resultOf = <E, A>(body: Program<E, A>, answers: Answers): A => {
  const visits = visitsOf(body);
  let next = visits.next();
  while (next.done !== true) next = visits.next(answerTo(instructionOf(next.value), answers));
  return next.value;
};

const given =
  (params: Readonly<Record<string, Tensor>>): Answers['parameter'] =>
  ({ name }) => {
    const value = entryOf(params, name);
    if (value !== undefined) return value;
    throw new SiteError({
      site: `param '${name}'`,
      expected: 'its value among those that apply was given',
      received: `values of ${listedNames(Object.keys(params))}`,
      cure: 'Pass all parameters by name, as paramsIn(joint) and paramValues(state) give them.',
    });
  };

/**
 * A network as a function of its argument, its parameters given by name and in their supports:
 * `apply(net, params)(x)` is what `net(x)` returns.
 *
 * - The function is pure: `grad`, `vmap` and `jacobian` take it. Gradients reach the parameters too.
 * - Errors: draws, noise that has no value for evaluation, factors, and a parameter that is not given throw a
 *   `SiteError`.
 *
 * @example
 * ```ts
 * const layer = dense('layer', { units: 2, bias: false });
 * const f = apply(layer, { 'layer/kernel': tf.tensor2d([[1, 2], [3, 4]]) });
 * f(tf.tensor1d([1, 1])).arraySync(); // [4, 6]
 * jacobian(f)(tf.tensor1d([1, 1])).arraySync(); // [[1, 3], [2, 4]]
 * ```
 */
export const apply =
  <E, A>(net: Net<E, A>, params: Readonly<Record<string, Tensor>>): ((x: Tensor) => A) =>
  (x) =>
    resultOf(net(x), { parameter: given(params), evaluating: false });

/**
 * The same inside a program: visits the network at `x`, by which its parameters are the program's, and gives it
 * as a function of its argument.
 *
 * - Errors: those of `apply`.
 *
 * @example
 * ```ts
 * const contractive = (x: Tensor) =>
 *   program(function* () {
 *     const encode = yield* functionOf(dense('code', { units: 2, activation: 'tanh' }), x);
 *     return tf.sum(tf.square(jacobian(encode)(x)));
 *   });
 * simulate(contractive(tf.tensor1d([0, 0, 0])), { key: key(0) }).shape; // []
 * ```
 */
export const functionOf = <E, A>(net: Net<E, A>, x: Tensor): Program<E, (x: Tensor) => A> => ({
  *[Symbol.iterator](): Generator<Visit<E>, (x: Tensor) => A, Tensor> {
    const params = new Map<string, Tensor>();
    const [training, otherwise] = [asTensor(1), asTensor(0)];
    // Whoever runs the program is asked: handlers around it say so on the way.
    const mode: InTrainingInstruction = {
      op: 'inTraining',
      name: 'inTraining',
      training,
      otherwise,
      plates: [],
      evaluating: false,
    };
    const evaluating = (yield { instruction: mode }) === otherwise;
    const visits = visitsOf(net(x));
    let next = visits.next();
    while (next.done !== true) {
      const i = instructionOf(next.value);
      const answer = yield next.value;
      if (i.op === 'param') params.set(i.name, answer);
      next = visits.next(answer);
    }
    return (at) => resultOf(net(at), { parameter: given(Object.fromEntries(params)), evaluating });
  },
});
