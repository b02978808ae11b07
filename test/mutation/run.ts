/**
 * `npm run mutate`: makes one fault at a time in a copy of the project and expects the test that is
 * named for it to fail. `npm run mutate -- WORD` takes those whose name has the word.
 */
import { existsSync } from 'node:fs';
import { type Mutation, mutations } from './mutations.js';
import { type Workspace, workspace } from './workspace.js';

/** `lost`: the text to replace does not occur exactly once any more. */
type Verdict = 'killed' | 'SURVIVED' | 'LOST';

interface Outcome {
  readonly mutation: Mutation;
  readonly verdict: Verdict;
  readonly seconds: number;
}

const AT_ONCE = 2;

const judge = async (space: Workspace, mutation: Mutation): Promise<Outcome> => {
  const began = performance.now();
  const passed = await space.broken(mutation, () => space.passes([mutation.killedBy]));
  const verdict = passed === undefined ? 'LOST' : passed ? 'SURVIVED' : 'killed';
  return { mutation, verdict, seconds: (performance.now() - began) / 1000 };
};

const row = ({ verdict, seconds, mutation }: Outcome): string =>
  `${verdict.padEnd(8)}  ${seconds.toFixed(0).padStart(4)} s  ${mutation.killedBy.padEnd(32)}  ${mutation.name}`;

/** Each workspace takes the next fault as soon as it is done with the last. */
const judgeAll = async (
  spaces: readonly Workspace[],
  chosen: readonly Mutation[],
): Promise<readonly Outcome[]> => {
  const left = chosen.values();
  const work = async (space: Workspace): Promise<readonly Outcome[]> => {
    const done: Outcome[] = [];
    for (const mutation of left) {
      const outcome = await judge(space, mutation);
      console.log(row(outcome));
      done.push(outcome);
    }
    return done;
  };
  return (await Promise.all(spaces.map(work))).flat();
};

const main = async (words: readonly string[]): Promise<number> => {
  const chosen = mutations.filter(({ name }) => words.every((word) => name.includes(word)));
  const checks = [...new Set(chosen.map(({ killedBy }) => killedBy))];
  // A test file that is not there would fail as well.
  const absent = checks.filter((check) => check !== 'tsc' && !existsSync(check));
  if (checks.length === 0 || absent.length > 0) {
    console.error(
      `There is ${checks.length === 0 ? 'no such mutation' : `no ${absent.join(', ')}`}.`,
    );
    return 2;
  }
  const spaces = await Promise.all(Array.from({ length: AT_ONCE }, () => workspace(process.cwd())));
  try {
    // A test that fails anyway kills nothing.
    if (spaces[0] === undefined || !(await spaces[0].passes(checks))) {
      console.error(`These do not pass without a mutation: ${checks.join(', ')}.`);
      return 2;
    }
    const outcomes = await judgeAll(spaces, chosen);
    const alive = outcomes.filter(({ verdict }) => verdict !== 'killed').length;
    console.log(`${outcomes.length - alive} killed, ${alive} not`);
    return alive === 0 ? 0 : 1;
  } finally {
    for (const space of spaces) await space.remove();
  }
};

process.exitCode = await main(process.argv.slice(2));
