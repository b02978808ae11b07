/** Small multilayer perceptrons whose output is known in double precision. */
import * as tf from '@tensorflow/tfjs';
import {
  type Activation,
  type Program,
  type Tensor,
  dense,
  program,
} from '../../../../dsl/index.js';
import { foldIn, key, randomUniform } from '../../../random/index.js';

/** Activations by name: whether they have a kink, and what they are in double precision. */
export const activations = {
  tanh: { hasKink: false, of: Math.tanh, as: 'tanh' },
  sigmoid: { hasKink: false, of: (x: number) => 1 / (1 + Math.exp(-x)), as: 'sigmoid' },
  softplus: { hasKink: false, of: (x: number) => Math.log1p(Math.exp(x)), as: 'softplus' },
  silu: { hasKink: false, of: (x: number) => x / (1 + Math.exp(-x)), as: 'silu' },
  relu: { hasKink: true, of: (x: number) => Math.max(0, x), as: 'relu' },
  abs: { hasKink: true, of: Math.abs, as: (x: Tensor) => tf.abs(x) },
} as const satisfies Readonly<
  Record<
    string,
    { readonly hasKink: boolean; readonly of: (x: number) => number; readonly as: Activation }
  >
>;

export type ActivationName = keyof typeof activations;

/** What a network is made from. */
export interface NetworkSketch {
  readonly seed: number;
  readonly units: number;
  readonly activation: ActivationName;
}

/** Inputs of a network, and its outputs in double precision at its initial weights. */
export interface ExactNetwork {
  readonly program: (name: string) => Program<unknown, Tensor>;
  /** One for each row of inputs. */
  readonly outputs: readonly number[];
}

/** How many rows of inputs, and how many features each. */
const ROWS = 4;
const FEATURES = 2;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);

/**
 * A network of one hidden layer, from inputs of two features to one number each. Weights and inputs are
 * eighths and biases odd parts of 128, so that no hidden unit is at a kink, and for the first of the inputs
 * every other unit is within 1/128 of one.
 */
export const exactNetwork = ({ seed, units, activation }: NetworkSketch): ExactNetwork => {
  const eighths = (purpose: string, count: number): readonly number[] =>
    [...randomUniform(foldIn(key(seed), purpose), count)].map(
      (u) => Math.round((2 * u - 1) * 8) / 8,
    );
  const inputs = Array.from({ length: ROWS }, (_, row) => eighths(`input ${row}`, FEATURES));
  const weights = Array.from({ length: units }, (_, unit) => eighths(`unit ${unit}`, FEATURES));
  const biases = weights.map((w, unit) =>
    unit % 2 === 0
      ? 1 / 128 - dot(w, inputs[0] ?? [])
      : (eighths(`bias ${unit}`, 1)[0] ?? 0) + 1 / 128,
  );
  const last = eighths('output', units);
  const { of, as } = activations[activation];
  const outputs = inputs.map((x) =>
    dot(
      last,
      weights.map((w, unit) => of(dot(w, x) + (biases[unit] ?? 0))),
    ),
  );
  return {
    outputs,
    program: (name) =>
      program(function* () {
        const x = tf.tensor2d(inputs.map((row) => [...row]));
        const columns = Array.from({ length: FEATURES }, (_, i) => weights.map((w) => w[i] ?? 0));
        const hidden = yield* dense(`${name}/hidden`, {
          units,
          activation: as,
          kernel: () => tf.tensor2d(columns),
          bias: () => tf.tensor1d([...biases]),
        })(x);
        const out = yield* dense(`${name}/out`, {
          units: 1,
          kernel: () => tf.tensor2d(last.map((w) => [w])),
          bias: false,
        })(hidden);
        return tf.squeeze(out, [-1]);
      }),
  };
};
