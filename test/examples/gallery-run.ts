/** Runs an example of the gallery in process, cut short, in a folder of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Example, Shown } from '../../examples/gallery/example.js';
import { settingOf } from '../../examples/gallery/setting.js';
import { useBackend } from 'marginalia';
import { right } from '../either.js';
import { runOptions } from './example-run.js';

const quiet = (): void => undefined;
const silent = () => ({ update: quiet, stop: quiet });

/** What an example shows of embedded data, quick and after so many steps. */
export const shownBy = async (example: Example, steps: number): Promise<Shown> => {
  const out = mkdtempSync(join(tmpdir(), 'marginalia-example-'));
  const options = { ...runOptions(out), quick: true, seed: 0, steps };
  await tf.ready();
  const before = tf.getBackend();
  try {
    // What a user's run has: the backend that a test begins with takes ten times as long over an image.
    right(await useBackend('wasm')());
    return await example.run(settingOf(options, quiet, silent));
  } finally {
    await tf.setBackend(before);
    rmSync(out, { recursive: true });
  }
};

/** The text of a file in the project. */
export const textIn = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
