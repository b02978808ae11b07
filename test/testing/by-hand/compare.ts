/** What tests written by hand find of planted mistakes, and what the kit does: in how many lines and seconds. */
import { readFileSync } from 'node:fs';
import { SiteError } from 'marginalia';
import {
  BrokenLawsError,
  type LawReport,
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

/** What the kit found. */
export interface KitVerdict extends Verdict {
  /** Other checks that failed. */
  readonly also: readonly string[];
  /** Seconds until the first failed, or of all checks. */
  readonly untilFirst: number;
}

/** One subject in front of both. */
export interface Compared {
  readonly name: string;
  readonly isRight: boolean;
  readonly hand: Verdict;
  readonly kit: KitVerdict;
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

/** The first test that fails. */
const byHand = async <S>(tests: readonly HandTest<S>[], subject: S): Promise<Verdict> => {
  const began = performance.now();
  for (const { name, run } of tests) {
    try {
      await run(subject);
    } catch {
      return { by: name, seconds: secondsSince(began) };
    }
  }
  return { seconds: secondsSince(began) };
};

/** Seconds until a check ended, in the order in which they ran. */
const secondsUntil = (seconds: LawReport['seconds'], check: string): number => {
  const names = Object.keys(seconds);
  return names
    .slice(0, names.indexOf(check) + 1)
    .reduce((total, name) => total + (seconds[name] ?? 0), 0);
};

const byKit = async (check: () => Promise<unknown>): Promise<KitVerdict> => {
  const began = performance.now();
  try {
    await check();
    const seconds = secondsSince(began);
    return { seconds, also: [], untilFirst: seconds };
  } catch (error) {
    const seconds = secondsSince(began);
    if (error instanceof SiteError) {
      return { by: 'checkModel', seconds, also: [], untilFirst: seconds };
    }
    if (!(error instanceof BrokenLawsError)) throw error;
    const [first = 'nothing', ...also] = error.broken.map((b) => b.check);
    return { by: first, seconds, also, untilFirst: secondsUntil(error.report.seconds, first) };
  }
};

/** Whether a bound claims what the tests by hand claim of it: to be a lower one, and to grow with K. */
const claimsAll = ({ make }: OwnObjective): boolean => {
  const { bound = 'lower', monotone } = make(2).meaning;
  return bound === 'lower' && monotone === 'nondecreasing';
};

/** The bounds of which the tests by hand can say whether they are right. */
export const isJudgedByHand = ({ name, isRight }: Compared): boolean =>
  !isRight || rightBounds.some((bound) => bound.name === name && claimsAll(bound));

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
    ...(await inTurn(rightBounds.filter(asked), boundCompared(true, options))),
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
