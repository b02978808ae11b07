/**
 * Training steps of the language against the same mathematics by hand, by turns, each in a process of
 * its own. `--json` prints `[{ case, peer, ms, ratio }]`, where ratio is ours / the peer's.
 */
import * as E from 'fp-ts/lib/Either.js';
import { useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { showFileError, tryFolder } from 'marginalia/checkpoints';
import type { Case } from './case.js';
import { environment, load } from './environment.js';
import { type Judged, judge } from './choices/judge.js';
import { reportChoices, reportTried } from './choices/report.js';
import { type Grown, writeEnvironment, writeFiles } from './files.js';
import { withImages } from './contenders/image-files.js';
import { type MeasureOptions, type Measured, measure } from './measure.js';
import { type Options, readOptions } from './options.js';
import { type Entrant, entrants, peersOf } from './peers.js';
import { report, reportSeries } from './report.js';
import { rowsOf } from './rows.js';

/** Rest before each block, in milliseconds. */
const REST = 30;

/** How long a contender may take for the steps whose losses are compared, in milliseconds. */
const COMPARING = 2500;

/** A point of a series says how cost grows, and is measured less closely than a case. */
const ROUNDS_IN_SERIES = 2;

/** How long a block of such a point lasts, in milliseconds. */
const BLOCK_IN_SERIES = 250;

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

/** The entrants that a case is measured against. */
const takingPart = (of: Case, taking: readonly Entrant[]): readonly Entrant[] =>
  taking.filter(({ peer }) => peersOf(of).includes(peer));

/** Measures a case that reads images with the folder that it needs, and any other without. */
const withData = <A>(
  of: Case,
  { data }: Options,
  use: (folder: string | null) => Promise<A>,
): Promise<A> => (of.kind === 'fit' ? withImages(data, use) : use(null));

const cases = async (
  options: Options,
  taking: readonly Entrant[],
  heard: (found: Measured) => void,
): Promise<readonly Measured[]> => {
  const { rounds, block } = options;
  const list: Measured[] = [];
  for (const of of options.cases) {
    const found = await withData(of, options, (data) =>
      measured(of, {
        entrants: takingPart(of, taking),
        rounds,
        block,
        rest: REST,
        comparing: COMPARING,
        data,
      }),
    );
    found.forEach(heard);
    list.push(...found);
  }
  return list;
};

const growth = async (
  { series, rounds, block }: Options,
  taking: readonly Entrant[],
): Promise<readonly Grown[]> => {
  const all: Grown[] = [];
  for (const one of series) {
    const points: Grown['points'][number][] = [];
    const some = taking.filter(({ peer }) => one.peers.includes(peer));
    for (const { size, of } of one.points) {
      const found = await measured(of, {
        entrants: some,
        rounds: Math.min(rounds, ROUNDS_IN_SERIES),
        block: Math.min(block, BLOCK_IN_SERIES),
        rest: REST,
        comparing: 0,
        data: null,
      });
      points.push(...found.map((m) => ({ size, measured: m })));
    }
    console.log(reportSeries(one, points));
    all.push({ series: one, points });
  }
  return all;
};

/** Turns in which ways are compared: short, so that some are undisturbed. */
const SHORT_TURNS = { block: 15, rest: 10, warm: 700 };

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

/** Measures peers: prints rows or reports, and leaves files in the folder. */
const measurePeers = async (options: Options): Promise<void> => {
  const { json, out, data, rounds, block } = options;
  const tried = await tryFolder(out)();
  if (E.isLeft(tried)) return fail(showFileError(tried.left));
  const began = { date: new Date(), load: load() };
  const taking = entrants(options.peers);
  const found = await cases(options, taking, (one) => {
    if (!json) return console.log(report(one));
    for (const { peer, reason } of one.absent) {
      console.error(`${one.of.name}: ${peer}: left out, ${reason}`);
    }
  });
  const grown = await growth(options, taking);
  const here = environment({ rounds, block, rest: REST, data: data ?? 'drawn digits' });
  const seconds = (Date.now() - began.date.getTime()) / 1000;
  const paths = [
    await writeEnvironment(out, { ...here, seconds, load: { before: began.load, after: load() } }),
    ...(json ? [] : [await writeFiles(out, found, grown)]),
  ];
  for (const written of paths) if (E.isLeft(written)) fail(showFileError(written.left));
  const names = paths.flatMap((written) => (E.isRight(written) ? written.right : []));
  console.log(json ? JSON.stringify(found.flatMap(rowsOf), null, 2) : `wrote ${names.join(', ')}`);
};

const main = async (options: Options): Promise<void> => {
  const backend = await useBackend('wasm')();
  if (E.isLeft(backend)) throw new Error(showBackendError(backend.left));
  await (options.choices.length > 0 ? judgeAll(options) : measurePeers(options));
};

const asked = readOptions(process.argv.slice(2));
switch (asked._tag) {
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
