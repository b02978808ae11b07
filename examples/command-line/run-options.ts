/** The options that every example has which trains. */
import type { Command } from 'commander';
import * as t from 'io-ts';
import type { EngineOptions } from 'marginalia/inference';
import { whole } from './whole.js';

const Engine = t.keyof({ auto: null, eager: null, compiled: null }, 'auto, eager or compiled');
const Executor = t.keyof(
  { auto: null, onnxruntime: null, javascript: null },
  'auto, onnxruntime or javascript',
);

const isMinutes = (u: unknown): u is number =>
  typeof u === 'number' && Number.isFinite(u) && u > 0 && u <= 10_000;

const Minutes = new t.Type<number, number, unknown>(
  'minutes, more than 0 and at most 10000',
  isMinutes,
  (u, context) => {
    const n = typeof u === 'string' && /^\d*\.?\d+$/.test(u) ? Number(u) : u;
    return isMinutes(n) ? t.success(n) : t.failure(u, context);
  },
  (n) => n,
);

export const RunOptions = t.intersection([
  t.strict({
    out: t.string,
    resume: t.boolean,
    overwrite: t.boolean,
    checkpointEvery: Minutes,
    engine: Engine,
    executor: Executor,
  }),
  t.partial({ threads: whole(1, 1024) }),
]);

export type RunOptions = t.TypeOf<typeof RunOptions>;

/** Adds these options to a command. */
export const withRunOptions = (command: Command, out: string): Command =>
  command
    .option('--engine <kind>', 'how steps are run: auto, eager or compiled', 'auto')
    .option(
      '--executor <name>',
      'what runs compiled steps: auto, onnxruntime or javascript',
      'auto',
    )
    .option('--threads <n>', 'threads of a step; as many as pay where it is left out')
    .option('--out <dir>', 'folder for what the run leaves', out)
    .option('--checkpoint-every <minutes>', 'minutes between checkpoints', '1')
    .option('--resume', 'go on from the checkpoint in that folder', false)
    .option('--overwrite', 'replace the run in that folder', false);

/** How steps are run, as the engine takes it. */
export const engineOf = ({ engine, executor, threads }: RunOptions): EngineOptions => ({
  engine,
  executor,
  ...(threads !== undefined && { threads }),
});
