/** What does not fit into memory is refused before it is tried. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../examples/command-line/refusal.js';
import { type StepSize, refuseTooLarge, stepBytes } from '../../../examples/vae/memory.js';

const usual: StepSize = {
  pixels: 784,
  latent: 2,
  hidden: 256,
  posterior: 'diagonal',
  batch: 64,
  particles: 1,
};

const GIB = 2 ** 30;

describe('the memory of a step', () => {
  it('is at least that of its largest arrays, and of the parameters with their moments', () => {
    expect(stepBytes(usual)).toBeGreaterThan(4 * (4 * 2 * 784 * 256 + 64 * 784));
    expect(stepBytes(usual)).toBeLessThan(32e6);
    const many = { ...usual, batch: 4000, particles: 8 };
    expect(stepBytes(many)).toBeGreaterThan(3 * 4 * 4000 * 8 * 784);
    const full = { ...usual, posterior: 'full', latent: 200 } as const;
    expect(stepBytes(full) - stepBytes({ ...full, posterior: 'diagonal' })).toBeGreaterThan(
      4 * (4 * 19_900 * 256 + 64 * 200 * 200),
    );
  });

  it('is refused where it is more than is free, or where one array is too large, with its size', () => {
    expect(() => refuseTooLarge(usual, GIB)).not.toThrow();
    expect(() => refuseTooLarge(usual, 1e6)).toThrow(Refusal);
    expect(() => refuseTooLarge({ ...usual, particles: 1024, batch: 8000 }, 16 * GIB)).toThrow(
      /^A step of --batch 8000, --particles 1024, --hidden 256 and --latent 2 needs about 127 GiB of memory, of which 16\.0 GiB are free/,
    );
    expect(() => refuseTooLarge({ ...usual, particles: 1024, batch: 8000 }, 1e15)).toThrow(Refusal);
    expect(() =>
      refuseTooLarge({ ...usual, posterior: 'full', latent: 512, hidden: 16_384 }, 1e15),
    ).toThrow(/needs about \d+\.?\d* GiB/);
    expect(() => refuseTooLarge({ ...usual, posterior: 'full', latent: 200 }, GIB)).not.toThrow();
  });
});
