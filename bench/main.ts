/**
 * Training steps of the language against the same mathematics by hand, by turns, each in a process of
 * its own. `--json` prints `[{ case, peer, ms, ratio }]`, where ratio is ours / the peer's.
 */
import * as E from 'fp-ts/lib/Either.js';
import { showBackendError, showFileError, tryFolder, useBackend } from 'marginalia';
import type { Case } from './case.js';
import { type Judged, judge } from './choices/judge.js';
import { reportChoices, reportTried } from './choices/report.js';
import { type Grown, writeFiles } from './files.js';
import { type MeasureOptions, type Measured, measure } from './measure.js';
import { type Options, readOptions } from './options.js';
import { type Entrant, entrants } from './peers.js';
import { report, reportSeries } from './report.js';
import { rowsOf } from './rows.js';

/** How long a turn is meant to take and the rest before it, in milliseconds. */
const TURNS = { turn: 100, rest: 30 };

/** How long a contender may take for the steps whose losses are compared, in milliseconds. */
const COMPARING = 2500;

/** A point of a series says how cost grows, and is measured less closely than a case. */
const ROUNDS_IN_SERIES = 3;

const fail = (complaint: string): void => {
  console.error(complaint);
  process.exitCode = 1;
};

/** One case; what cannot be measured, or does other work, is said, and the rest goes on. */
const measured = async (of: Case, options: MeasureOptions): Promise<readonly Measured[]> => {
  const found = await measure(of, options);
  if (E.isLeft(found)) {
    fail(`${of.name}: not measured: ${found.left}`);
    return [];
  }
  for (const { peer, verdict } of found.right.others) {
    if (verdict === null || verdict.agrees) continue;
    fail(
      `${of.name}: ${peer} does other work: its loss in step ${verdict.steps} is ` +
        `${verdict.theirs} nats a datum, and ours ${verdict.ours}`,
    );
  }
  return [found.right];
};

const cases = async (
  { cases: all, rounds }: Options,
  taking: readonly Entrant[],
  heard: (found: Measured) => void,
): Promise<readonly Measured[]> => {
  const list: Measured[] = [];
  for (const of of all) {
    for (const found of await measured(of, {
      ...TURNS,
      entrants: taking,
      rounds,
      comparing: COMPARING,
    })) {
      heard(found);
      list.push(found);
    }
  }
  return list;
};

const growth = async (
  { series, rounds }: Options,
  taking: readonly Entrant[],
): Promise<readonly Grown[]> => {
  const all: Grown[] = [];
  for (const one of series) {
    const points: Grown['points'][number][] = [];
    const some = taking.filter(({ peer }) => one.peers.includes(peer));
    for (const { size, of } of one.points) {
      const found = await measured(of, {
        ...TURNS,
        entrants: some,
        rounds: Math.min(rounds, ROUNDS_IN_SERIES),
        comparing: 0,
      });
      points.push(...found.map((m) => ({ size, measured: m })));
    }
    console.log(reportSeries(one, points));
    all.push({ series: one, points });
  }
  return all;
};

/** Turns in which ways are compared: short, so that some are undisturbed. */
const SHORT_TURNS = { turn: 15, rest: 10, warm: 700 };

/** The choice may be this many times slower than the fastest way. */
const TOLERANCE = 1.2;

/** Every case on which the engine chooses: a choice that is far from the fastest fails the run. */
const judgeAll = async ({ choices, json, rounds }: Options): Promise<void> => {
  const all: Judged[] = [];
  for (const one of choices) {
    const judged = await judge(one, { ...SHORT_TURNS, rounds });
    all.push(judged);
    if (!json) console.log(`${reportTried(judged)}\n`);
    if (judged.ratio > TOLERANCE) {
      fail(
        `${judged.case}: ${judged.chosen} was chosen, ${judged.ratio.toFixed(2)} of the fastest`,
      );
    }
  }
  console.log(json ? JSON.stringify(all, null, 2) : reportChoices(all));
};

const main = async (options: Options): Promise<void> => {
  const backend = await useBackend('wasm')();
  if (E.isLeft(backend)) throw new Error(showBackendError(backend.left));
  if (options.choices.length > 0) return judgeAll(options);
  const taking = entrants(options.peers);
  if (options.json) {
    const found = await cases(options, taking, ({ of, absent }) => {
      for (const { peer, reason } of absent) {
        console.error(`${of.name}: ${peer}: left out, ${reason}`);
      }
    });
    console.log(JSON.stringify(found.flatMap(rowsOf), null, 2));
    return;
  }
  const tried = await tryFolder(options.out)();
  if (E.isLeft(tried)) {
    fail(showFileError(tried.left));
    return;
  }
  const found = await cases(options, taking, (one) => console.log(report(one)));
  const paths = await writeFiles(options.out, options.rounds, found, await growth(options, taking));
  if (E.isRight(paths)) console.log(`wrote ${paths.right.join(', ')}`);
  else fail(showFileError(paths.left));
};

const asked = readOptions(process.argv.slice(2));
switch (asked.tag) {
  case 'run':
    await main(asked.options);
    break;
  case 'shown':
    break;
  case 'bad':
    console.error(asked.message);
    process.exitCode = 2;
    break;
}
