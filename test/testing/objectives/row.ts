/** What `checkObjective` says of a bound. */
import { type ObjectiveOptions, checkObjective } from 'marginalia/testing';
import { BrokenLawsError } from '../../../src/testing/law/run-laws.js';
import type { OwnObjective } from './own-bounds.js';

/** What became of one objective. */
export interface Row {
  readonly name: string;
  /** The checks that failed, the first to fail first; none where it was not accused. */
  readonly foundBy: readonly string[];
  /** The case on which the first failed, in one line. */
  readonly on?: string;
  readonly message?: string;
}

const caseIn = (why: string): string =>
  /^on case \d+ of \d+, (.*?)(?:, with \d+ particles)?: The law '/.exec(why)?.[1] ?? '';

/** Checks an objective in one call. */
export const rowOf = async (
  { name, make, particles }: OwnObjective,
  options: ObjectiveOptions,
): Promise<Row> => {
  try {
    await checkObjective(make, { ...options, ...(particles && { particles }) });
    return { name, foundBy: [] };
  } catch (error) {
    if (!(error instanceof BrokenLawsError)) throw error;
    return {
      name,
      foundBy: error.broken.map(({ check }) => check),
      on: caseIn(error.broken[0]?.why ?? ''),
      message: error.message,
    };
  }
};
