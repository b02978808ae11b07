/** Products of matrices and arrays: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Shape } from 'marginalia/tensors';
import { call } from '../../src/kernels/call.js';
import { products } from '../../src/kernels/products/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, inputOf, reals } from './laws/use.js';

beforeAll(startBackends);

const length = fc.integer({ min: 1, max: 3 });

type Stacks = readonly [Shape, Shape];

/** Stacks that broadcast, with the sizes of the matrices in them. */
const matrices = (...stacks: readonly Stacks[]) =>
  fc.record({
    stacks: fc.constantFrom(...stacks),
    m: length,
    k: length,
    n: length,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  });

/** One pair, pairs, and one for all on either side. */
const paired: readonly Stacks[] = [
  [[], []],
  [[2], [2]],
  [[2], [1]],
  [[1], [2]],
];

const broadcasting: readonly Stacks[] = [
  ...paired,
  [[2], []],
  [[], [2]],
  [
    [1, 2],
    [3, 1],
  ],
  [[3, 2], [2]],
  [[2], [3, 2]],
];

type Matrices = ReturnType<typeof matrices> extends fc.Arbitrary<infer M> ? M : never;

const left = ({ stacks: [stack], m, k, transposeA }: Matrices): Shape => [
  ...stack,
  ...(transposeA ? [k, m] : [m, k]),
];

const right = ({ stacks: [, stack], k, n, transposeB }: Matrices): Shape => [
  ...stack,
  ...(transposeB ? [n, k] : [k, n]),
];

const plain = matrices(...broadcasting).chain((sizes) =>
  fc.tuple(reals(left(sizes)), reals(right(sizes))).map(([a, b]): Use => ({
    inputs: { a, b },
    f: (inputs) =>
      tf.matMul(inputOf(inputs, 'a'), inputOf(inputs, 'b'), sizes.transposeA, sizes.transposeB),
    told: sizes,
  })),
);

/** With a bias that makes all sums positive, or none: where an activation bends is far away. */
const fused = (activations: readonly string[]): fc.Arbitrary<Use> =>
  matrices(...paired).chain((sizes) =>
    fc
      .tuple(
        reals(left(sizes), { min: 0.1, max: 0.5 }),
        reals(right(sizes), { min: -0.5, max: 0.5 }),
        fc.oneof(reals([sizes.n], { min: 1, max: 2 }), reals([sizes.n], { min: -2, max: -1 })),
        reals([sizes.n], { min: 0.1, max: 0.4 }),
        fc.constantFrom(...activations),
      )
      .map(([a, b, bias, preluActivationWeights, activation]): Use => ({
        inputs: {
          a,
          b,
          bias,
          ...(activation === 'prelu' && { preluActivationWeights }),
        },
        f: (inputs) =>
          call('_FusedMatMul', inputs, {
            transposeA: sizes.transposeA,
            transposeB: sizes.transposeB,
            activation,
            leakyreluAlpha: 0.3,
          }),
        told: { ...sizes, activation },
      })),
  );

const SIZES: Readonly<Record<string, number>> = { i: 2, j: 3, k: 1, l: 2 };

/** Equations with axes in any order, that one operand has alone, or that are not in the result. */
const equations = fc
  .tuple(
    fc.array(fc.shuffledSubarray(['i', 'j', 'k', 'l'], { maxLength: 3 }), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.shuffledSubarray(['i', 'j', 'k', 'l']),
  )
  .chain(([terms, out]) => {
    const known = out.filter((name) => terms.flat().includes(name));
    const equation = `${terms.map((t) => t.join('')).join(', ')} -> ${known.join('')}`;
    const shapes = terms.map((term) => term.map((name) => SIZES[name] ?? 1));
    return fc.tuple(...shapes.map((shape) => reals(shape))).map((given): Use => ({
      inputs: Object.fromEntries(given.map((x, i) => [`x${i}`, x])),
      f: (inputs) => tf.einsum(equation, ...given.map((_, i) => inputOf(inputs, `x${i}`))),
      told: equation,
    }));
  });

kernelLaws('products', products, [
  { kernel: 'BatchMatMul', uses: plain, smooth: true },
  {
    kernel: '_FusedMatMul',
    uses: fused(['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'prelu', 'sigmoid']),
  },
  { kernel: 'Einsum', uses: equations, smooth: true },
]);
