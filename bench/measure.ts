/** Measures one case: starts its contenders, holds them against each other, and times them by turns. */
import * as E from 'fp-ts/lib/Either.js';
import { type Verdict, agreement } from './contenders/agreement.js';
import { meanMs, medianMs } from './blocks.js';
import type { Case } from './case.js';
import type { Child } from './contenders/child.js';
import type { Problem } from './contenders/contender.js';
import { FAR_SHARE, type Turns, interleave, partsFor, shareOf } from './interleave.js';
import { type Entrant, type Peer, type Setting, own } from './peers.js';
import { problemOf } from './problem.js';
import { reasonOf } from '../dsl/refusals/thrown.js';
import type { Ran, Taken } from './contenders/protocol.js';

/** A setting of a peer that was slower than another of the same peer, by half a block of each. */
export interface Slower {
  readonly says: string;
  readonly ms: number;
}

/** What was found of a contender, at the best of its settings. */
export interface Found {
  readonly peer: Peer | 'marginalia';
  readonly says: string;
  /** Milliseconds a step, the mean over the whole run. */
  readonly ms: number;
  /** Milliseconds of its middle step. */
  readonly medianMs: number;
  /** How long it ran in all, in milliseconds. */
  readonly ranMs: number;
  /** The share of that time in which garbage was collected; `null` where that is not known. */
  readonly collection: number | null;
  readonly compileMs: number | null;
  readonly peakBytes: number | null;
  /** `null` where no losses were compared, or there are none. */
  readonly verdict: Verdict | null;
  readonly slower: readonly Slower[];
}

export interface Absent {
  readonly peer: Peer | 'marginalia';
  readonly reason: string;
}

export interface Measured {
  readonly of: Case;
  readonly own: Found;
  readonly others: readonly Found[];
  readonly absent: readonly Absent[];
}

export interface MeasureOptions extends Turns {
  readonly entrants: readonly Entrant[];
  /** How long a contender is given for the steps whose losses are compared, in milliseconds; 0 for none. */
  readonly comparing: number;
  /** The folder of the images of a case that reads them. */
  readonly data: string | null;
}

interface Started {
  readonly setting: Setting;
  readonly child: Child;
}

const start = async (setting: Setting, problem: Problem): Promise<E.Either<Absent, Started>> => {
  const child = await setting.start(problem);
  return E.isLeft(child)
    ? E.left({ peer: setting.peer, reason: child.left })
    : E.right({ setting, child: child.right });
};

/** Ours first and alone, so that nothing disturbs how long it compiles; then the others at once. */
const startAll = async (
  settings: readonly Setting[],
  problem: Problem,
): Promise<readonly E.Either<Absent, Started>[]> => {
  const ours = await start(own, problem);
  return [ours, ...(await Promise.all(settings.map((setting) => start(setting, problem))))];
};

/** One that has taken its first steps and run for a moment. */
interface Warm extends Started {
  readonly first: Taken;
  /** Milliseconds a step of that moment. */
  readonly guess: number;
}

/** The share of a block by which settings are compared. */
const TRIAL = 0.5;

/** The first steps of each and a part of a block that does not count, one contender after another. */
const warmUp = async (
  started: readonly Started[],
  steps: number,
  { comparing, block }: MeasureOptions,
): Promise<readonly E.Either<Absent, Warm>[]> => {
  const all: E.Either<Absent, Warm>[] = [];
  for (const { setting, child } of started) {
    try {
      const first = await child.take(steps, comparing);
      // One whose step outlasts a block has nothing to warm up that its first steps did not.
      const long = first.ms / first.steps > block;
      const guess = meanMs([long ? { ...first, medianMs: 0 } : await child.run(block * TRIAL)]);
      all.push(E.right({ setting, child, first, guess }));
    } catch (error) {
      all.push(E.left({ peer: setting.peer, reason: reasonOf(error) }));
    }
  }
  return all;
};

/** A contender at the best of its settings, with what its others took. */
interface Best extends Warm {
  readonly slower: readonly Slower[];
}

/** Each peer at the setting that its trial found fastest; the others are ended. */
const bestOf = (warm: readonly Warm[]): readonly Best[] =>
  [...new Set(warm.map(({ setting }) => setting.peer))].flatMap((peer): readonly Best[] => {
    const [best, ...rest] = warm
      .filter(({ setting }) => setting.peer === peer)
      .toSorted((a, b) => a.guess - b.guess);
    for (const { child } of rest) child.stop();
    const slower = rest.map(({ child, guess }) => ({ says: child.ready.ready, ms: guess }));
    return best === undefined ? [] : [{ ...best, slower }];
  });

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** The share of the time of some blocks in which garbage was collected. */
const collectionIn = (blocks: readonly Ran[]): number | null => {
  const known = blocks.flatMap(({ collectionMs }) => collectionMs ?? []);
  return known.length < blocks.length ? null : sum(known) / sum(blocks.map(({ ms }) => ms));
};

const timed = async (
  of: Case,
  best: readonly Best[],
  { comparing, ...turns }: MeasureOptions,
): Promise<readonly Found[]> => {
  const mine = best.find(({ setting }) => setting === own);
  const all = await interleave(
    best.map(({ setting, child, guess }) => ({
      run: child.run,
      // What is no peer of ours is there to be looked at, not to be beaten.
      parts: partsFor(
        guess,
        setting.peer === 'hand' ? FAR_SHARE : shareOf(guess, mine?.guess ?? guess),
        turns,
      ),
    })),
    turns,
  );
  const found: Found[] = [];
  for (const [i, { setting, child, first, slower }] of best.entries()) {
    const blocks = all[i] ?? [];
    found.push({
      peer: setting.peer,
      says: child.ready.ready,
      ms: meanMs(blocks),
      medianMs: medianMs(blocks),
      ranMs: sum(blocks.map(({ ms }) => ms)),
      collection: collectionIn(blocks),
      compileMs: child.ready.compileMs,
      peakBytes: await child.finish(),
      verdict:
        comparing === 0 || first.losses.length === 0
          ? null
          : agreement(of, mine?.first.losses ?? [], first.losses),
      slower,
    });
  }
  return found;
};

const lefts = <A>(all: readonly E.Either<Absent, A>[]): readonly Absent[] =>
  all.flatMap((x) => (E.isLeft(x) ? [x.left] : []));

const rights = <A>(all: readonly E.Either<Absent, A>[]): readonly A[] =>
  all.flatMap((x) => (E.isRight(x) ? [x.right] : []));

/** Measures a case against these peers. The left says why it cannot be measured. */
export const measure = async (
  of: Case,
  options: MeasureOptions,
): Promise<E.Either<string, Measured>> => {
  const { entrants, data } = options;
  const attempts = await startAll(
    entrants.flatMap(({ settings }) => (E.isRight(settings) ? settings.right : [])),
    problemOf(of, data),
  );
  const started = rights(attempts);
  try {
    const warm = await warmUp(started, of.agreement.steps, options);
    const unable = entrants.flatMap(({ peer, settings }) =>
      E.isLeft(settings) ? [{ peer, reason: settings.left }] : [],
    );
    const absent = [...unable, ...lefts(attempts), ...lefts(warm)];
    const ours = absent.find(({ peer }) => peer === 'marginalia');
    if (ours !== undefined) return E.left(ours.reason);
    const [mine, ...others] = await timed(of, bestOf(rights(warm)), options);
    return mine === undefined
      ? E.left('it did not start')
      : E.right({ of, own: mine, others, absent });
  } catch (error) {
    return E.left(reasonOf(error));
  } finally {
    for (const { child } of started) child.stop();
  }
};
