/** Writes `docs/gallery.md`; what is named, such as `out/pca`, is a run whose results it keeps first. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../command-line/out-folder.js';
import { Refusal } from '../command-line/refusal.js';
import { catalogue } from './catalogue.js';
import { exhibitsOf, keptIn } from './exhibits.js';
import { readMetrics } from './metrics.js';
import { formatted, galleryPage } from './page.js';

const ROOT = process.cwd();

/** Keeps the pictures and the metrics of a run. */
const keep = (run: string): void => {
  const metrics = readMetrics(join(run, METRICS));
  if (metrics.cut) throw new Refusal(`${run} was cut short by --steps; run it without.`);
  const folder = keptIn(ROOT, metrics.example);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of [METRICS, ...metrics.pictures]) {
    copyFileSync(join(run, file), join(folder, file));
  }
};

process.argv.slice(2).forEach(keep);
const exhibits = await exhibitsOf(ROOT, catalogue);
writeFileSync('docs/gallery.md', await formatted(galleryPage(exhibits)));
