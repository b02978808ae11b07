/** Every test file: TensorFlow.js without its banner, and warnings as failures. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest';

tf.enableProdMode();

beforeEach(() => {
  vi.spyOn(console, 'warn');
  vi.spyOn(console, 'error');
});

afterEach(() => {
  expect(vi.mocked(console.warn).mock.calls).toEqual([]);
  expect(vi.mocked(console.error).mock.calls).toEqual([]);
  vi.restoreAllMocks();
});

afterAll(async () => {
  if (tf.getBackend() !== 'cpu') await tf.setBackend('cpu');
});
