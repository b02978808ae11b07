/** Laws of series: draws against densities, moments and gradients, by the laws of `marginalia/testing`. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, bernoulli, categorical, independent, normal } from 'marginalia';
import { hiddenMarkov, linearGaussianStateSpace } from 'marginalia/distributions';
import { type DistributionCase, caseOf, checkDistributionCase } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

describe('the laws hold for', () => {
  const laws: readonly DistributionCase[] = [
    caseOf('a hidden chain of normals', [{ shape: [2], values: [-1, 1.5] }], ([loc = 0]) =>
      hiddenMarkov(
        categorical({ probs: [0.25, 0.75] }),
        categorical({ logits: tf.stack([loc, tf.tensor1d([1, 0])]) }),
        normal(loc, [1, 0.5]),
        { steps: 2 },
      ),
    ),
    caseOf(
      'a batch of hidden chains of coins',
      [{ shape: [3, 2], values: [0, 1, -2, 0.5, 1, -1] }],
      ([logits = 0]) =>
        hiddenMarkov(
          categorical({ probs: [0.25, 0.75] }),
          categorical({
            probs: [
              [0.9, 0.1],
              [0.25, 0.75],
            ],
          }),
          bernoulli({ logits }),
          { steps: 3 },
        ),
    ),
    caseOf(
      'observations that change with time',
      [{ shape: [3, 2], values: [0, 1, -2, 0.5, 1, -1] }],
      ([logits = 0]) =>
        hiddenMarkov(
          categorical({ probs: [0.25, 0.75] }),
          categorical({
            logits: [
              [1, 0],
              [0, 1],
            ],
          }),
          bernoulli({ logits }),
          { steps: 3, timeVarying: ['observation'] },
        ),
    ),
    caseOf(
      'a linear Gaussian state space',
      [
        { shape: [2], values: [0.5, -1] },
        { shape: [2, 1], values: [0.5, 1] },
        { shape: [1], values: [2.5] },
      ],
      ([phi = 0, selection = 0, scale = 1]) =>
        linearGaussianStateSpace({
          steps: 3,
          initialState: independent(normal([0, 1], 1)),
          transitionMatrix: tf.stack([tf.stack([phi, tf.tensor1d([0.25, 0.5])])]).reshape([2, 2]),
          transitionNoise: independent(normal([0.25], 0.75)),
          selectionMatrix: selection,
          observationMatrix: [[1, 0.5]],
          observationNoise: independent(normal([0.5], scale)),
        }),
    ),
    caseOf('the path behind a series', [{ shape: [2], values: [-0.5, 1] }], ([loc = 0]) =>
      hiddenMarkov(
        categorical({ probs: [0.25, 0.75] }),
        categorical({
          probs: [
            [0.75, 0.25],
            [0.5, 0.5],
          ],
        }),
        normal(loc, 1),
        { steps: 4 },
      ).posterior([0, 0.5, -1, 2]),
    ),
  ];
  it.each(laws.map((law) => [law.label, law] as const))('%s', (_, law) =>
    checkDistributionCase(law, { draws: 300 }),
  );

  it('chances of all series of coins, which add up to 1', () => {
    const law = hiddenMarkov(
      categorical({ probs: [0.25, 0.75] }),
      categorical({
        probs: [
          [0.9, 0.1],
          [0, 1],
        ],
      }),
      bernoulli({ probs: [0.3, 0.8] }),
      { steps: 5 },
    );
    const all = tf.tensor(
      Array.from({ length: 32 * 5 }, (_, at) => Math.floor(Math.floor(at / 5) / 2 ** (at % 5)) % 2),
      [32, 5],
    );
    expect(Math.abs((numbers(tf.sum(tf.exp(law.logProb(all))))[0] ?? 0) - 1)).toBeLessThan(1e-6);
  });
});
