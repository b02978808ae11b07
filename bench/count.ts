/** A number of something on a command line. */
import { InvalidArgumentError } from 'commander';

/** A whole number, 1 or more. */
export const count = (value: string): number => {
  const n = Number(value);
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new InvalidArgumentError('It is no whole number, 1 or more.');
  }
  return n;
};
