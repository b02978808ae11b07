/** What a run's checkpoint must agree with for the run to go on. */
import { describe, expect, it } from 'vitest';
import type { Images, Split } from '../../../examples/data/images.js';
import { readOptions } from '../../../examples/vae/options.js';
import { settingsOf } from '../../../examples/vae/resume.js';

const images = (...grey: readonly number[]): Images => ({
  count: grey.length,
  rows: 1,
  columns: 1,
  grey: Float32Array.from(grey),
});

const split = (train: Images, test: Images): Split => ({ train, test, source: 'a test' });

const settings = (args: readonly string[], data: Split) => {
  const asked = readOptions(args);
  if (asked._tag !== 'run') throw new Error(asked._tag);
  return settingsOf(asked.options, data);
};

describe('the settings of a run', () => {
  const data = split(images(0, 0.5, 1), images(1));
  const plain = settings([], data);

  it('have a fingerprint of all images, wherever they lie', () => {
    expect(settings(['--data', 'elsewhere'], data)).toEqual(plain);
    for (const other of [
      split(images(0, 0.5, 0.999_999_9), images(1)),
      split(images(0, 0.5, 1), images(0)),
      split(images(0.5, 0, 1), images(1)),
      split(images(0, 0.5), images(1, 1)),
    ]) {
      expect(settings([], other)).not.toEqual(plain);
    }
  });

  it('are those that change what a step computes, and no others', () => {
    for (const args of [
      ['--latent', '3'],
      ['--batch', '9'],
      ['--seed', '1'],
    ]) {
      expect(settings(args, data)).not.toEqual(plain);
    }
    const how = [
      '--epochs',
      '99',
      '--threads',
      '1',
      '--engine',
      'eager',
      '--checkpoint-every',
      '5',
    ];
    expect(settings(how, data)).toEqual(plain);
  });
});
