/** That an example gives and prints what it states. */
import { format } from 'node:util';
import { expect, vi } from 'vitest';
import type { ExampleModule } from './module.js';

/** What an example tells of each result that it states. */
export type Result = (actual: unknown, expected: unknown) => void;

/** Runs an example, and holds what it gives and prints against what it states. */
export const holds = async (
  { stated, example }: ExampleModule,
  run: (result: Result) => Promise<void>,
): Promise<void> => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  let told = 0;
  try {
    await run((actual, expected) => {
      told += 1;
      expect(actual).toEqual(expected);
    });
    expect(told).toBe(stated);
    expect(print.mock.calls.map((line) => format(...line)).join('\n')).toBe(example.prints ?? '');
  } finally {
    print.mockRestore();
  }
};
