/** Sends a training run the signals that ask a program to end: it saves before it does. */
import { join } from 'node:path';
import { constants } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import { freeState } from 'marginalia';
import { loadCheckpoint, showCheckpointError } from 'marginalia/checkpoints';
import { ended } from './child.js';
import { type Reference, firstState } from './job.js';
import type { Row } from './row.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Never by itself. */
const SELDOM = '1000000000';

/** What went wrong when a run was sent a signal. */
const sent = async (
  trainer: string,
  path: string,
  signal: (typeof SIGNALS)[number],
  reference: Reference,
): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await ended([trainer, path, SELDOM], /ready/, 300, signal);
  const expected = 128 + constants.signals[signal];
  if (code !== expected) return [`${signal}: it ended with ${code}, not ${expected}: ${stderr}`];
  const told = Number(stdout.trim().split('\n').at(-1));
  const template = firstState();
  const loaded = await loadCheckpoint(path, template)();
  freeState(template);
  if (E.isLeft(loaded)) return [`${signal}: ${showCheckpointError(loaded.left)}`];
  const same = await reference.knows(loaded.right);
  const { step } = loaded.right;
  freeState(loaded.right);
  if (step !== told || step === 0)
    return [`${signal}: it saved step ${told}, and ${step} is there`];
  return same ? [] : [`${signal}: what is there is not the state of step ${step}`];
};

export const signals = async (
  trainer: string,
  folder: string,
  reference: Reference,
): Promise<Row> => {
  const wrong = await Promise.all(
    SIGNALS.map((signal) =>
      sent(trainer, join(folder, `${signal}.safetensors`), signal, reference),
    ),
  );
  const how = `${SIGNALS.join(', ')}: each saves before it ends`;
  return { what: 'signals while training', how, times: SIGNALS.length, wrong: wrong.flat() };
};
