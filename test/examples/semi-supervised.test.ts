/** The example of few labels runs, and its batches say which images are labelled. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import { key, showDerivation, useBackend } from 'marginalia';
import { beforeAll, expect, it } from 'vitest';
import { together } from '../../examples/semi-supervised/batch.js';
import { example } from '../../examples/semi-supervised/main.js';
import { m2 } from '../../examples/semi-supervised/model.js';
import { shownBy } from './gallery-run.js';

beforeAll(async () => {
  await useBackend('wasm')();
});

const batch = {
  labelled: { x: tf.zeros([1, 4]), y: tf.tensor2d([[0, 1]]) },
  unlabelled: tf.ones([2, 4]),
};

it('knows the classes of the labelled images of a batch', () => {
  const { count, x, y } = together(batch);
  expect(count).toBe(3);
  expect([...x.sum(1).dataSync()]).toEqual([0, 4, 4]);
  expect([...y.where.dataSync()]).toEqual([1, 0, 0]);
  expect(y.value.arraySync()).toEqual([
    [0, 1],
    [0, 0],
    [0, 0],
  ]);
});

it('sums over the classes that are not known', () => {
  const made = m2({ pixels: 4, classes: 2, latent: 1, hidden: 3 }, { alpha: 5, steps: 9 });
  const text = showDerivation(made.init(key(0), batch).derivation);
  expect(text).toContain('+ Σ_images [y known] E_q[log p(y)]');
  expect(text).toContain('- Σ_images [y unknown] KL(q(y) ‖ p(y))');
  expect(text).toContain('summed over 2 values');
});

it('leaves its picture and figures', async () => {
  const shown = await shownBy(example, 2);
  expect(Object.keys(shown.pictures)).toEqual(['accuracy.svg']);
  expect(shown.checks).toHaveLength(3);
}, 60_000);
