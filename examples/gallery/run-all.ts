/** Runs every example, each in a process of its own, and ends with a table of their checks. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS, RESUME_OR_OVERWRITE, isThere } from '../command-line/out-folder.js';
import { Refusal } from '../command-line/refusal.js';
import type { Entry } from './catalogue.js';
import { shown } from './check.js';
import { passed, readMetrics } from './metrics.js';
import type { Options } from './options.js';
import { checkpointsIn, commandOf } from './run-example.js';

const PROGRAM = fileURLToPath(new URL('../run.js', import.meta.url));

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Ended {
  readonly code: number;
  readonly seconds: number;
  /** Whether it was asked to stop. */
  readonly stopped: boolean;
}

/** What lies in the folder of one. */
export type Left = 'nothing' | 'stopped' | 'finished';

/** The options of one of them, from those of all; it is resumed where it was stopped. */
export const argumentsOf = (
  entry: Entry,
  out: string,
  options: Options,
  left: Left,
): readonly string[] => {
  const { quick, data, seed, steps, engine, executor, threads, overwrite, resume } = options;
  const fixed = ['--out', out, '--engine', engine, '--executor', executor, '--seed', String(seed)];
  const shared = [
    ...fixed,
    '--checkpoint-every',
    String(options.checkpointEvery),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...(overwrite ? ['--overwrite'] : []),
    ...(resume && left === 'stopped' ? ['--resume'] : []),
  ];
  if (entry._tag === 'program') return [entry.name, ...shared, ...(quick ? entry.quick : [])];
  return [
    entry.name,
    ...shared,
    ...(quick ? ['--quick'] : []),
    ...(data === undefined ? [] : ['--data', data]),
    ...(steps === undefined ? [] : ['--steps', String(steps)]),
  ];
};

/** Runs a process to its end; what it says goes to a file. Signals are handed on to it. */
const ended = (args: readonly string[], log: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const said = openSync(log, 'w');
    // In a group of its own: a terminal's signal would reach it beside ours, and a second one kills.
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', said, said],
      detached: true,
    });
    closeSync(said);
    let stopped = false;
    const pass = (signal: NodeJS.Signals): void => {
      stopped = true;
      child.kill(signal);
    };
    for (const name of SIGNALS) process.on(name, pass);
    const leave = (): void => {
      for (const name of SIGNALS) process.off(name, pass);
    };
    child.on('error', (error) => {
      leave();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      leave();
      const seconds = (performance.now() - began) / 1000;
      resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], seconds, stopped });
    });
  });

interface Row extends Ended {
  readonly name: string;
  readonly log: string;
  readonly checks: readonly string[];
}

const checksOf = async (entry: Entry, out: string): Promise<readonly string[]> => {
  const path = join(out, METRICS);
  if (entry._tag === 'program' || !(await isThere(path))) return [];
  const { checks, cut } = readMetrics(path);
  return checks.map(({ what, found, wanted, holds }) => {
    const mark = holds ? 'holds' : cut ? 'cut' : 'FAILS';
    return `${mark.padEnd(6)} ${what}: ${shown(found ?? Number.NaN)} (${wanted})`;
  });
};

const linesOf = ({ name, code, seconds, checks, log }: Row, width: number): string => {
  const ran = code === 0 ? 'ran   ' : `ended with code ${code}, see ${log}`;
  const lines = checks.length > 0 && code <= 1 ? checks : [ran];
  return lines
    .map((line, i) => {
      const head = i === 0 ? [name, `${seconds.toFixed(0)} s`] : ['', ''];
      return `${(head[0] ?? '').padEnd(width)}${(head[1] ?? '').padStart(6)}  ${line}`;
    })
    .join('\n');
};

/** What a run before this one left of an entry. */
export const leftOf = async (entry: Entry, out: string, options: Options): Promise<Left> => {
  const path = join(out, METRICS);
  if (!(await isThere(path))) return (await checkpointsIn(out)).length > 0 ? 'stopped' : 'nothing';
  if (entry._tag === 'program') return 'finished';
  // One that was asked for otherwise is no part of these; it refuses to be run over, in its own words.
  return readMetrics(path).command === commandOf(entry.name, options) ? 'finished' : 'nothing';
};

const endedBefore = (entry: Entry, out: string): Ended => {
  if (entry._tag === 'program') return { code: 0, seconds: 0, stopped: false };
  const metrics = readMetrics(join(out, METRICS));
  return { code: passed(metrics) ? 0 : 1, seconds: metrics.seconds, stopped: false };
};

/** The exit code: 0 where all examples ended well and their checks hold, 1 where not. */
export const runAll = async (entries: readonly Entry[], options: Options): Promise<number> => {
  if (options.resume && options.overwrite) throw new Refusal(RESUME_OR_OVERWRITE);
  const rows: Row[] = [];
  for (const entry of entries) {
    const out = join(options.out, entry.name);
    mkdirSync(options.out, { recursive: true });
    const log = join(options.out, `${entry.name}.log`);
    const left = options.resume ? await leftOf(entry, out, options) : 'nothing';
    const how = left === 'finished' ? 'finished before' : left === 'stopped' ? 'goes on …' : '…';
    console.log(`${entry.name} (${rows.length + 1} of ${entries.length}) ${how}`);
    const end =
      left === 'finished'
        ? endedBefore(entry, out)
        : await ended(argumentsOf(entry, out, options, left), log);
    rows.push({ name: entry.name, log, checks: await checksOf(entry, out), ...end });
    if (end.stopped) return end.code;
  }
  const width = Math.max(...rows.map(({ name }) => name.length)) + 1;
  const total = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  const failed = rows.filter(({ code }) => code !== 0);
  console.log(`\n${rows.map((row) => linesOf(row, width)).join('\n')}\n`);
  console.log(
    `${rows.length - failed.length} of ${rows.length} examples hold, in ${total.toFixed(0)} s.` +
      (failed.length > 0 ? ` Not ${failed.map(({ name }) => name).join(', ')}.` : ''),
  );
  return failed.length === 0 ? 0 : 1;
};
