/** The examples with their programs, and the results that are kept of them in `docs/gallery`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './catalogue.js';
import { readMetrics } from './metrics.js';
import type { Exhibit } from './page.js';

/** Files of an example that are quoted whole: its programs. */
const isProgram = (name: string): boolean => /^(?:.+-)?model\.ts$/.test(name);

/** Where results of an example are kept. */
export const keptIn = (root: string, name: string): string => join(root, 'docs/gallery', name);

/** Everything that is on the page, read from the project at `root`. */
export const exhibitsOf = (root: string, entries: readonly Entry[]): Promise<readonly Exhibit[]> =>
  Promise.all(
    entries.flatMap((entry) => {
      if (entry._tag === 'program') return [];
      const folder = join(root, 'examples', entry.name);
      const metrics = join(keptIn(root, entry.name), 'metrics.json');
      const programs = readdirSync(folder).filter(isProgram).toSorted();
      return [
        entry.load().then((example): Exhibit => ({
          example,
          programs: Object.fromEntries(
            programs.map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
          ),
          metrics: existsSync(metrics) ? readMetrics(metrics) : undefined,
        })),
      ];
    }),
  );
