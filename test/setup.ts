/** Every test file: TensorFlow.js without its banner, and warnings as failures. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, vi } from 'vitest';

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
