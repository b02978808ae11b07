/** Runs one example: in its folder, to its pictures and metrics, and to an exit code. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { METRICS, inOutFolder } from '../command-line/out-folder.js';
import { orRefuse } from '../command-line/refusal.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { showChecks } from './check.js';
import type { Example } from './example.js';
import { type Metrics, passed } from './metrics.js';
import type { Options } from './options.js';
import { settingOf } from './setting.js';

/** The checkpoints that lie in a folder. */
export const checkpointsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.safetensors'));

/** The command that asks for the same, on data that lie anywhere. */
export const commandOf = (name: string, { quick, data, seed, steps }: Options): string => {
  const options = [
    ...(quick ? ['--quick'] : []),
    ...(data === undefined ? [] : ['--data DIR']),
    ...(seed === 0 ? [] : [`--seed ${seed}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
  ];
  return ['npm run example', name, ...(options.length > 0 ? ['--'] : []), ...options].join(' ');
};

const job = async (
  { name, run }: Example,
  options: Options,
  say: (line: string) => void,
): Promise<number> => {
  const began = performance.now();
  const { headline, checks, pictures, figures } = await run(settingOf(options, say));
  const metrics: Metrics = {
    example: name,
    headline,
    checks: [...checks],
    pictures: Object.keys(pictures),
    command: commandOf(name, options),
    cut: options.steps !== undefined,
    seconds: (performance.now() - began) / 1000,
    figures,
  };
  await writeResults(options.out, { ...pictures, [METRICS]: asJson(metrics) });
  say(`\n${headline}\n${showChecks(checks)}\nSee ${join(options.out, '')}.`);
  return passed(metrics) ? 0 : 1;
};

/** The exit code: 0, or 1 where a check fails that was not cut short. */
export const runExample = async (
  example: Example,
  options: Options,
  say: (line: string) => void = (line) => console.log(line),
): Promise<number> => {
  orRefuse(await useBackend('best')(), showBackendError);
  return inOutFolder(options, await checkpointsIn(options.out), () => job(example, options, say));
};
