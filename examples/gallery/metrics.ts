/** What a run leaves in words and numbers: `metrics.json`. */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { Refusal } from '../command-line/refusal.js';

const CheckJson = t.type({
  what: t.string,
  // JSON has no other word for what is no number.
  found: t.union([t.number, t.null]),
  wanted: t.string,
  holds: t.boolean,
});

const Metrics = t.type({
  example: t.string,
  headline: t.string,
  checks: t.array(CheckJson),
  pictures: t.array(t.string),
  /** How it was run, but for where its data and results lie. */
  command: t.string,
  /** Whether `--steps` cut it short. */
  cut: t.boolean,
  seconds: t.number,
  figures: t.UnknownRecord,
});

export type Metrics = t.TypeOf<typeof Metrics>;

/** Reads what a run left. */
export const readMetrics = (path: string): Metrics =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(readFileSync(path, 'utf8')), String),
    E.chainW(Metrics.decode),
    E.getOrElseW(() => {
      throw new Refusal(`${path}: expected the metrics of an example that was finished; run it.`);
    }),
  );

/** Whether what it was held against is so, as far as it was held against it. */
export const passed = ({ checks, cut }: Pick<Metrics, 'checks' | 'cut'>): boolean =>
  cut || checks.every(({ holds }) => holds);
