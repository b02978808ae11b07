/** What tests written by hand find of planted mistakes, and what the kit does: in how many lines and seconds. */
import { readFileSync } from 'node:fs';
import { SiteError } from 'marginalia';
import {
  BrokenLawsError,
  type ModelCheck,
  type ObjectiveOptions,
  type RunOptions,
  checkModel,
  checkObjective,
} from 'marginalia/testing';
import { rightBounds } from '../objectives/right-bounds.js';
import type { OwnObjective } from '../objectives/own-bounds.js';
import { wrongBounds } from '../objectives/wrong-bounds.js';
import type { WrongModel } from '../models/wrong-model.js';
import { wrongModels } from '../models/wrong-models.js';
import { type HandTest, boundTestsByHand } from './bound-by-hand.js';
import { modelTestsByHand } from './model-by-hand.js';

/** What found a mistake, if anything did, and after how long. */
export interface Verdict {
  readonly by?: string;
  readonly seconds: number;
}

/** One subject in front of both. */
export interface Compared {
  readonly name: string;
  readonly isRight: boolean;
  readonly hand: Verdict;
  readonly kit: Verdict;
}

const timed = async (judge: () => Promise<string | undefined>): Promise<Verdict> => {
  const began = performance.now();
  const by = await judge();
  const seconds = (performance.now() - began) / 1000;
  return { seconds, ...(by !== undefined && { by }) };
};

/** The first test that fails. */
const byHand = <S>(tests: readonly HandTest<S>[], subject: S): Promise<Verdict> =>
  timed(async () => {
    for (const { name, run } of tests) {
      try {
        await run(subject);
      } catch {
        return name;
      }
    }
    return undefined;
  });

const byKit = (check: () => Promise<unknown>): Promise<Verdict> =>
  timed(async () => {
    try {
      await check();
      return undefined;
    } catch (error) {
      if (error instanceof SiteError) return 'checkModel';
      if (!(error instanceof BrokenLawsError)) throw error;
      return error.broken[0]?.check ?? 'nothing';
    }
  });

/** A bound that claims what the tests by hand claim of it: to be a lower one, and to grow with K. */
const claimsAll = ({ make }: OwnObjective): boolean => {
  const { statement } = make(2);
  return statement?.bound === 'lower' && statement.monotone === 'nondecreasing';
};

const boundCompared =
  (isRight: boolean, options: ObjectiveOptions) =>
  async ({ name, make, particles }: OwnObjective): Promise<Compared> => ({
    name,
    isRight,
    hand: await byHand(boundTestsByHand, make),
    kit: await byKit(() => checkObjective(make, { ...options, ...(particles && { particles }) })),
  });

const inTurn = async <A, B>(
  items: readonly A[],
  work: (item: A) => Promise<B>,
): Promise<readonly B[]> => {
  const done: B[] = [];
  for (const item of items) done.push(await work(item));
  return done;
};

/** The bounds whose names are asked for; all where no name is. */
export const compareBounds = async (
  names?: readonly string[],
  options: ObjectiveOptions = {},
): Promise<readonly Compared[]> => {
  const asked = ({ name }: OwnObjective): boolean => names?.includes(name) ?? true;
  return [
    ...(await inTurn(wrongBounds.filter(asked), boundCompared(false, options))),
    ...(await inTurn(rightBounds.filter(claimsAll).filter(asked), boundCompared(true, options))),
  ];
};

/** A model of the list, right or wrong. */
export const modelCompared =
  (isRight: boolean, options: RunOptions<ModelCheck> = {}) =>
  async ({ name, wrong, right }: WrongModel): Promise<Compared> => {
    const make = isRight ? right : wrong;
    return {
      name,
      isRight,
      hand: await byHand(modelTestsByHand, make()),
      kit: await byKit(() => checkModel({ ...make(), ...options })),
    };
  };

/** All models, each wrong and right. */
export const compareModels = async (): Promise<readonly Compared[]> => [
  ...(await inTurn(wrongModels, modelCompared(false))),
  ...(await inTurn(wrongModels, modelCompared(true))),
];

/** Lines of code between the marks of a file: without blank lines and comments. */
export const linesByHand = (file: string): number => {
  const text = readFileSync(file, 'utf8');
  const [, inner = ''] = text.split(/^\/\/ (?:begin.*|end)$/m);
  return inner.split('\n').filter((line) => !/^\s*(?:$|\/\/|\/\*|\*)/.test(line)).length;
};
