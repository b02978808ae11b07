/** Measures one case: starts its contenders, holds them against each other, and times them by turns. */
import * as E from 'fp-ts/lib/Either.js';
import { type Verdict, agreement } from './agreement.js';
import type { Case } from './case.js';
import { type Child, startChild } from './child.js';
import type { Problem } from './contender.js';
import { type Run, type Turns, interleave } from './interleave.js';
import { type Peer, type Setting, own, settingsOf } from './peers.js';
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
  readonly peers: readonly Peer[];
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

const settingsFor = (peer: Peer): E.Either<Absent, readonly Setting[]> => {
  const settings = settingsOf(peer);
  return E.isLeft(settings) ? E.left({ peer, reason: settings.left }) : settings;
};

const runOf =
  ({ child }: Started): Run =>
  async (steps) =>
    (await child.take({ steps, limit: null, losses: false })).ms;

/** The first steps of each, one contender after another. */
const firstSteps = async (
  started: readonly Started[],
  steps: number,
  limit: number,
): Promise<readonly Taken[]> => {
  const all: Taken[] = [];
  for (const { child } of started) all.push(await child.take({ steps, limit, losses: true }));
  return all;
};

const compareAndTime = async (
  of: Case,
  started: readonly Started[],
  { comparing, ...turns }: Omit<MeasureOptions, 'peers'>,
): Promise<readonly Found[]> => {
  const first = await firstSteps(started, of.agreement.steps, comparing);
  const guesses = first.map(({ ms, steps }) => ms / steps);
  const times = await interleave(started.map(runOf), guesses, turns);
  const found: Found[] = [];
  for (const [i, { setting, child }] of started.entries()) {
    const losses = first[i]?.losses ?? [];
    found.push({
      peer: setting.peer,
      says: child.ready.ready,
      ms: times[i] ?? Number.NaN,
      compileMs: child.ready.compileMs,
      peakBytes: await child.finish(),
      verdict:
        comparing === 0 || losses.length === 0
          ? null
          : agreement(of, first[0]?.losses ?? [], losses),
    });
  }
  return found;
};

/** Measures a case against these peers. The left says why it cannot be measured. */
export const measure = async (
  of: Case,
  { peers, ...options }: MeasureOptions,
): Promise<E.Either<string, Measured>> => {
  const problem = problemOf(of);
  const settings = peers.map(settingsFor);
  const attempts = await startAll(
    settings.flatMap((s) => (E.isRight(s) ? s.right : [])),
    problem,
  );
  const started = attempts.flatMap((a) => (E.isRight(a) ? [a.right] : []));
  const absent = [...settings, ...attempts].flatMap((x) => (E.isLeft(x) ? [x.left] : []));
  try {
    const ours = absent.find(({ peer }) => peer === 'marginalia');
    if (ours !== undefined) return E.left(ours.reason);
    const [mine, ...others] = await compareAndTime(of, started, options);
    return mine === undefined
      ? E.left('it did not start')
      : E.right({ of, own: mine, others, absent });
  } catch (error) {
    return E.left(reasonOf(error));
  } finally {
    for (const { child } of started) child.stop();
  }
};
