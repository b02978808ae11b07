/** Autoencoders whose codes are matched to a prior: each runs and leaves its pictures. Seeds are fixed. */
import { expect, it } from 'vitest';
import { example as adversarial } from '../../examples/adversarial-autoencoder/main.js';
import { example as wasserstein } from '../../examples/wasserstein-autoencoder/main.js';
import { sharpness } from '../../examples/wasserstein-autoencoder/sharpness.js';
import { shownBy } from './gallery-run.js';

it.each([
  [adversarial, ['codes.svg', 'images.svg']],
  [wasserstein, ['images.svg', 'codes.svg']],
])('$name leaves its pictures and figures', async (example, pictures) => {
  const shown = await shownBy(example, 2);
  expect(Object.keys(shown.pictures)).toEqual(pictures);
  expect(shown.checks.length).toBeGreaterThan(2);
  expect(shown.checks.every(({ found }) => Number.isFinite(found))).toBe(true);
  expect(shown.figures['data']).toMatch(/drawn digits/);
});

it('the sharpness of images is the mean variance of their Laplacians', () => {
  // Inside, a point of 1 has −4 and its neighbour 1: the mean is −3/2, the variance (5/2)².
  const point = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const flat = Array.from({ length: 12 }, () => 0.7);
  const images = { rows: 3, columns: 4, grey: Float32Array.from([...point, ...flat]) };
  expect(sharpness({ ...images, count: 2 })).toBeCloseTo(6.25 / 2, 6);
  // A ramp has no edge.
  const ramp = Float32Array.from({ length: 12 }, (_, i) => i / 12);
  expect(sharpness({ rows: 3, columns: 4, count: 1, grey: ramp })).toBeCloseTo(0, 6);
});
