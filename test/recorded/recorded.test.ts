/**
 * Losses and gradients of fixed cases, against `recorded.json`: numbers of an engine that differentiated by
 * TensorFlow.js's tape, eagerly, on the backend `cpu`. Every engine must give them to 1e-5 of each
 * gradient's norm. No case asks for a derivative that TensorFlow.js has wrong.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cases } from './cases/index.js';
import type { Derivatives } from './recorded-case.js';

const recorded: Readonly<Record<string, Derivatives>> = JSON.parse(
  readFileSync('test/recorded/recorded.json', 'utf8'),
);

const TOLERANCE = 1e-5;

const norm = (xs: readonly number[]): number => Math.hypot(...xs);

const near = (name: string, found: readonly number[], expected: readonly number[]): void => {
  expect(found, name).toHaveLength(expected.length);
  const distance = norm(found.map((x, i) => x - (expected[i] ?? Number.NaN)));
  // What is 0 must be 0.
  expect(distance, name).toBeLessThanOrEqual(TOLERANCE * norm(expected));
};

const agree = (found: Derivatives, expected: Derivatives): void => {
  near('loss', [found.loss], [expected.loss]);
  expect(Object.keys(found.gradients)).toEqual(Object.keys(expected.gradients));
  for (const [name, numbers] of Object.entries(expected.gradients)) {
    near(name, found.gradients[name] ?? [], numbers);
  }
};

it('has a record of every case, and no other', () => {
  expect(Object.keys(recorded)).toEqual(cases.map(({ name }) => name));
});

describe.each(cases.map((c, i) => [c.name, c, i] as const))(
  '%s',
  (name, { eager, compiled, interpreted }, i) => {
    const expected = recorded[name] ?? { loss: Number.NaN, gradients: {} };

    it('eagerly', () => agree(eager(), expected));

    it('compiled', async () => agree(await compiled(), expected));

    // Eager steps are interpreted too, from graphs that are not simplified.
    it.runIf(i % 3 === 0)('interpreted', async () => agree(await interpreted(), expected));
  },
);
