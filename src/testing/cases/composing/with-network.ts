/** Cases whose parameters go through a network. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import * as t from 'io-ts';
import type { Tensor } from '../../../../dsl/index.js';
import { type Visit, instructionOf, visitsOf } from '../../../../dsl/program/program.js';
import type { AnyProgram } from '../../law/inference.js';
import type { BoundCase } from '../bound-case.js';
import { decodeSketch, wholeFrom } from '../decode-sketch.js';
import type { FromSketch } from '../from-sketch.js';
import { changedCase, layersOf, recipeCodec } from './changed-case.js';
import { type NetworkSketch, activations, exactNetwork } from './exact-network.js';

const GENERATOR = 'withNetwork';

const sketchCodec = t.type({
  of: recipeCodec,
  seed: wholeFrom(0),
  units: wholeFrom(1),
  activation: t.keyof({
    tanh: null,
    sigmoid: null,
    softplus: null,
    silu: null,
    relu: null,
    abs: null,
  }),
  side: t.union([t.literal('model'), t.literal('guide')]),
});

interface Sketch extends NetworkSketch {
  readonly side: 'model' | 'guide';
}

/** A parameter moved by what a network says, within its support. */
const moved = (value: Tensor, shift: Tensor, support: string): Tensor => {
  switch (support) {
    case 'real':
      return tf.add(value, shift);
    case 'positive':
      return tf.mul(value, tf.exp(shift));
    default:
      return value;
  }
};

/**
 * The program with every parameter moved by network(x) − network(x) at the initial weights, which is 0: the
 * i-th by the output of the i-th input, over and over.
 */
const throughNetwork = (inner: AnyProgram, name: string, sketch: NetworkSketch): AnyProgram => ({
  *[Symbol.iterator](): Generator<Visit<unknown>, unknown, Tensor> {
    const network = exactNetwork(sketch);
    const outputs = yield* network.program(name);
    const shifts = tf.sub(outputs, tf.tensor1d([...network.outputs]));
    const visits = visitsOf(inner);
    let next = visits.next();
    let count = 0;
    while (next.done !== true) {
      const instruction = instructionOf(next.value);
      const answer: Tensor = yield { instruction };
      if (instruction.op === 'param') {
        const shift = tf.gather(shifts, count % network.outputs.length);
        count += 1;
        next = visits.next(moved(answer, shift, instruction.support.kind));
      } else {
        next = visits.next(answer);
      }
    }
    return next.value;
  },
});

const complete = (inner: BoundCase, sketch: Sketch): BoundCase => {
  const { units, activation, side } = sketch;
  const name = `${side} network ${layersOf(inner.recipe, GENERATOR) + 1}`;
  const changed = (program: AnyProgram): AnyProgram => throughNetwork(program, name, sketch);
  const { rows } = inner;
  const change =
    side === 'model'
      ? {
          model: changed(inner.model),
          ...(rows && { rows: { ...rows, model: (at: Tensor) => changed(rows.model(at)) } }),
        }
      : {
          guide: changed(inner.guide),
          ...(rows && { rows: { ...rows, guide: (at: Tensor) => changed(rows.guide(at)) } }),
        };
  return changedCase(inner, GENERATOR, sketch, {
    ...change,
    label: `${inner.label}; parameters of the ${side} + network(${units} ${activation})`,
    with: ['network', ...(activations[activation].hasKink ? (['kink'] as const) : [])],
  });
};

/** Whether a side of a case has parameters that a network can move. */
const sidesOf = ({ features }: BoundCase): readonly Sketch['side'][] =>
  (['guide', 'model'] as const).filter((side) => features.includes(`${side} parameters`));

const activationNames = ['tanh', 'relu', 'softplus', 'abs', 'silu', 'sigmoid'] as const;

/**
 * Cases of which the parameters of guide or model go through a network of one hidden layer with weights
 * of its own: each is its own value, moved by network(x) less what that is at the initial weights, which
 * is known in double precision. So all answers stay, and gradients reach weights through smooth activations
 * and through ones with kinks, some of them closer than 1/128.
 *
 * Cases without parameters are passed over.
 *
 * @example
 * ```ts
 * const cases = withNetwork(conjugatePairs());
 * fc.assert(
 *   fc.property(cases, (c) => checkExactGuide({ ...c, guide: c.posterior })),
 *   { numRuns: 3 },
 * );
 * const [c] = fc.sample(cases, { numRuns: 1, seed: 1 });
 * c?.features.includes('network'); // true
 * ```
 */
export const withNetwork = (cases: fc.Arbitrary<BoundCase>): fc.Arbitrary<BoundCase> =>
  fc
    .tuple(
      cases.filter((c) => sidesOf(c).length > 0),
      fc.record({
        seed: fc.nat({ max: 2 ** 20 }),
        units: fc.integer({ min: 1, max: 6 }),
        activation: fc.constantFrom(...activationNames),
        side: fc.nat({ max: 1 }),
      }),
    )
    .map(([inner, { side, ...sketch }]) => {
      const sides = sidesOf(inner);
      return complete(inner, { ...sketch, side: sides[side % sides.length] ?? 'guide' });
    });

/** The case of a sketch of `withNetwork`; what is none throws a `RangeError`. */
export const networkFromSketch: FromSketch = (sketch, again) => {
  const { of, ...own } = decodeSketch(GENERATOR, sketchCodec, sketch);
  return complete(again(of), own);
};
