/** What a campaign of laws has asked so far: a line of a file for each slice of seeds, so that it can be stopped. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Alarm, Tally } from './exact-laws.js';

/** The backends on which laws are asked. */
export const BACKENDS = ['cpu', 'wasm'] as const;

export type Backend = (typeof BACKENDS)[number];

/** Some seeds of a subject, from `first` on. */
export interface Slice {
  readonly backend: Backend;
  readonly subject: string;
  readonly first: number;
  readonly seeds: number;
}

/** What laws said of a slice. */
export interface Asked extends Slice {
  readonly alarms: readonly Alarm[];
  readonly tallies: Readonly<Record<string, Tally>>;
}

/** A line of the file; `code` is what was asked. */
interface Line extends Asked {
  readonly code: string;
}

/** The files below a folder whose names end so. */
const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(folder, name));

/** A digest of the code that folders hold: what was asked of other code says nothing of this. */
export const digestOf = (folders: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of folders.flatMap((folder) => filesIn(folder, '.js'))) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
};

/** What a file says was asked of this code; a line that a stop has cut is left out. */
export const readRecord = (file: string, code: string): readonly Asked[] => {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        const line: Line = JSON.parse(text);
        return line.code === code ? [line] : [];
      } catch {
        return [];
      }
    });
};

/** Adds a slice to the file. */
export const addToRecord = (file: string, code: string, asked: Asked): void => {
  mkdirSync(dirname(file), { recursive: true });
  // A line of its own, whatever the last one was cut to.
  appendFileSync(file, `\n${JSON.stringify({ ...asked, code } satisfies Line)}`);
};

/** The slices that are left of so many seeds of each subject, those of the first seeds first. */
export const slicesLeft = (
  subjects: readonly string[],
  {
    backend,
    each,
    most,
  }: { readonly backend: Backend; readonly each: number; readonly most: number },
  known: readonly Asked[],
): readonly Slice[] => {
  const rounds = Math.ceil(each / most);
  return Array.from({ length: rounds }, (_, round) =>
    subjects.map((subject): Slice => {
      const first = round * most;
      return { backend, subject, first, seeds: Math.min(most, each - first) };
    }),
  )
    .flat()
    .filter(
      (s) =>
        !known.some(
          (k) =>
            k.backend === s.backend &&
            k.subject === s.subject &&
            k.first === s.first &&
            k.seeds >= s.seeds,
        ),
    );
};
