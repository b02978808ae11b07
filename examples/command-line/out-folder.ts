/** The folder of a run: tried, locked, and refused where results would be lost. */
import { access, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { showFileError, tryFolder } from 'marginalia/checkpoints';
import { lockFolder } from './lock.js';
import { Refusal, orRefuse } from './refusal.js';
import type { RunOptions } from './run-options.js';

/** The file that a finished run leaves last. */
export const METRICS = 'metrics.json';

export const RESUME_OR_OVERWRITE = '--resume and --overwrite exclude each other; give one of them.';

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const existing = async (folder: string, names: readonly string[]): Promise<readonly string[]> => {
  const there = await Promise.all(names.map((name) => isThere(join(folder, name))));
  return names.filter((_, i) => there[i] === true);
};

/**
 * Tries the folder with a real write, locks it, and does `job`. A run that lies there is refused
 * unless it is to be resumed or overwritten; to overwrite removes its metrics and checkpoints first.
 */
export const inOutFolder = async <A>(
  { out, resume, overwrite }: RunOptions,
  checkpoints: readonly string[],
  job: () => Promise<A>,
): Promise<A> => {
  if (resume && overwrite) {
    throw new Refusal(RESUME_OR_OVERWRITE);
  }
  if (resume && out !== '' && (await existing(out, checkpoints)).length === 0) {
    throw new Refusal(
      `There is no checkpoint at ${join(out, checkpoints[0] ?? '')} to resume from; train from the start, without --resume.`,
    );
  }
  orRefuse(await tryFolder(out)(), showFileError);
  const free = await lockFolder(out);
  try {
    const found = await existing(out, [METRICS, ...checkpoints]);
    if (found.length > 0 && !resume && !overwrite) {
      throw new Refusal(
        `${out} holds a run that was ${found.includes(METRICS) ? 'finished' : 'stopped'}; go on with it by --resume, ` +
          'replace it by --overwrite, or name another folder with --out.',
      );
    }
    if (overwrite) for (const name of found) await unlink(join(out, name));
    return await job();
  } finally {
    free();
  }
};
