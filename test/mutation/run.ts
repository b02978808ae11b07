/**
 * `npm run mutate`: makes one fault at a time in a copy of the project and expects the test that is
 * named for it to fail, and tells the law or the test that did. `npm run mutate -- WORD` takes those
 * whose name has the word; `npm run mutate -- --laws` those that the public laws must find alone;
 * `npm run mutate -- --quick` those that are marked so, and one of every other room.
 */
import { existsSync } from 'node:fs';
import { type Mutation, mutations } from './mutations.js';
import { killedByPublicLaws } from './laws/public-laws.js';
import { quickOf } from './quick.js';
import { type Workspace, workspace } from './workspace.js';

/** `lost`: the text to replace does not occur exactly once any more. */
type Verdict = 'killed' | 'SURVIVED' | 'LOST';

interface Outcome {
  readonly mutation: Mutation;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** The first law that was broken, or else the first test that failed. */
  readonly by: string;
}

const AT_ONCE = 2;

const judge = async (space: Workspace, mutation: Mutation): Promise<Outcome> => {
  const began = performance.now();
  const checked = await space.broken(mutation, () =>
    space.check([mutation.killedBy], mutation.only),
  );
  const verdict = checked === undefined ? 'LOST' : checked.passed ? 'SURVIVED' : 'killed';
  const seconds = (performance.now() - began) / 1000;
  return { mutation, verdict, seconds, by: checked === undefined ? '' : failureIn(checked.said) };
};

/** Which law an output says is broken, or else which test failed. */
const failureIn = (said: string): string => {
  const [, law] = /The law '(.+?)' is broken/.exec(said) ?? [];
  const [, test] = /^ *FAIL +\S+ > (.+)$/m.exec(said) ?? [];
  return law === undefined ? (test ?? '') : `law: ${law}`;
};

const row = ({ verdict, seconds, mutation, by }: Outcome): string =>
  `${verdict.padEnd(8)}  ${seconds.toFixed(0).padStart(4)} s  ${mutation.killedBy.padEnd(32)}  ${mutation.name}${by && `  <-  ${by}`}`;

/** Each workspace takes the next item as soon as it is done with the last. */
const inTurns = async <A, B>(
  spaces: readonly Workspace[],
  items: readonly A[],
  work: (space: Workspace, item: A) => Promise<B>,
): Promise<readonly B[]> => {
  const left = items.values();
  const take = async (space: Workspace): Promise<readonly B[]> => {
    const done: B[] = [];
    for (const item of left) done.push(await work(space, item));
    return done;
  };
  return (await Promise.all(spaces.map(take))).flat();
};

/** Test files of one call: a call each would start as many times over. */
const TOGETHER = 6;

/** A test that fails anyway kills nothing. */
const failing = async (
  spaces: readonly Workspace[],
  checks: readonly string[],
): Promise<readonly string[]> => {
  const groups = Array.from({ length: Math.ceil(checks.length / TOGETHER) }, (_, i) =>
    checks.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );
  const suspects = await inTurns(spaces, groups, async (space, group) =>
    (await space.check(group)).passed ? [] : group,
  );
  const found = await inTurns(spaces, suspects.flat(), async (space, check) =>
    (await space.check([check])).passed ? [] : [check],
  );
  return found.flat();
};

const FLAGS = ['--laws', '--quick'];

/** The mutations that the words of a command line ask for. */
const chosenBy = (words: readonly string[]): readonly Mutation[] => {
  const asked = words.includes('--laws') ? killedByPublicLaws(mutations) : mutations;
  const wanted = words.filter((word) => !FLAGS.includes(word));
  return (words.includes('--quick') ? quickOf(asked) : asked).filter(({ name }) =>
    wanted.every((word) => name.includes(word)),
  );
};

const main = async (words: readonly string[]): Promise<number> => {
  const unknown = words.filter((word) => word.startsWith('--') && !FLAGS.includes(word));
  if (unknown.length > 0) {
    console.error(`There is no option ${unknown.join(', ')}, only ${FLAGS.join(' and ')}.`);
    return 2;
  }
  const began = performance.now();
  const chosen = chosenBy(words);
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
    const broken = await failing(spaces, checks);
    if (broken.length > 0) {
      console.error(`These do not pass without a mutation: ${broken.join(', ')}.`);
      return 2;
    }
    const outcomes = await inTurns(spaces, chosen, async (space, mutation) => {
      const outcome = await judge(space, mutation);
      console.log(row(outcome));
      return outcome;
    });
    const alive = outcomes.filter(({ verdict }) => verdict !== 'killed');
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    console.log(
      `${outcomes.length - alive.length} killed, ${alive.length} not, in ${minutes} minutes`,
    );
    alive.forEach((outcome) => console.log(row(outcome)));
    return alive.length === 0 ? 0 : 1;
  } finally {
    for (const space of spaces) await space.remove();
  }
};

process.exitCode = await main(process.argv.slice(2));
