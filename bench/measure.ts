/** Measures one case: starts its contenders, holds them against each other, and times them by turns. */
import * as E from 'fp-ts/lib/Either.js';
import { type Verdict, agreement } from './agreement.js';
import type { Case } from './case.js';
import { type Child, startChild } from './child.js';
import type { Problem } from './contender.js';
import { type Run, type Turns, interleave } from './interleave.js';
import { type Entrant, type Peer, type Setting, own } from './peers.js';
import { problemOf } from './problem.js';
import { reasonOf } from '../src/thrown.js';
import type { Taken } from './protocol.js';

/** What was found of one setting of a contender. */
export interface Found {
  readonly peer: Peer | 'marginalia';
  readonly says: string;
  /** Milliseconds a step, the median. */
  readonly ms: number;
  readonly compileMs: number | null;
  readonly peakBytes: number;
  /** `null` where no losses were compared, or there are none. */
  readonly verdict: Verdict | null;
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
}

interface Started {
  readonly setting: Setting;
  readonly child: Child;
}

const start = async (setting: Setting, problem: Problem): Promise<E.Either<Absent, Started>> => {
  const child = await startChild(setting.command, problem);
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

/** One that has taken its first steps. */
interface Warm extends Started {
  readonly first: Taken;
}

/** The first steps of each, one contender after another. */
const warmUp = async (
  started: readonly Started[],
  steps: number,
  limit: number,
): Promise<readonly E.Either<Absent, Warm>[]> => {
  const all: E.Either<Absent, Warm>[] = [];
  for (const { setting, child } of started) {
    try {
      const first = await child.take({ steps, limit, losses: true });
      all.push(E.right({ setting, child, first }));
    } catch (error) {
      all.push(E.left({ peer: setting.peer, reason: reasonOf(error) }));
    }
  }
  return all;
};

const runOf =
  ({ child }: Warm): Run =>
  async (steps) =>
    (await child.take({ steps, limit: null, losses: false })).ms;

const timed = async (
  of: Case,
  warm: readonly Warm[],
  { comparing, ...turns }: Omit<MeasureOptions, 'entrants'>,
): Promise<readonly Found[]> => {
  const guesses = warm.map(({ first: { ms, steps } }) => ms / steps);
  const times = await interleave(warm.map(runOf), guesses, turns);
  const ours = warm.find(({ setting }) => setting === own)?.first.losses ?? [];
  const found: Found[] = [];
  for (const [i, { setting, child, first }] of warm.entries()) {
    found.push({
      peer: setting.peer,
      says: child.ready.ready,
      ms: times[i] ?? Number.NaN,
      compileMs: child.ready.compileMs,
      peakBytes: await child.finish(),
      verdict:
        comparing === 0 || first.losses.length === 0 ? null : agreement(of, ours, first.losses),
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
  { entrants, ...options }: MeasureOptions,
): Promise<E.Either<string, Measured>> => {
  const attempts = await startAll(
    entrants.flatMap(({ settings }) => (E.isRight(settings) ? settings.right : [])),
    problemOf(of),
  );
  const started = rights(attempts);
  try {
    const warm = await warmUp(started, of.agreement.steps, options.comparing);
    const unable = entrants.flatMap(({ peer, settings }) =>
      E.isLeft(settings) ? [{ peer, reason: settings.left }] : [],
    );
    const absent = [...unable, ...lefts(attempts), ...lefts(warm)];
    const ours = absent.find(({ peer }) => peer === 'marginalia');
    if (ours !== undefined) return E.left(ours.reason);
    const [mine, ...others] = await timed(of, rights(warm), options);
    return mine === undefined
      ? E.left('it did not start')
      : E.right({ of, own: mine, others, absent });
  } catch (error) {
    return E.left(reasonOf(error));
  } finally {
    for (const { child } of started) child.stop();
  }
};
