/** Whole epochs through training as `fit` runs it: rows in a new order, pixels and noise drawn anew. */
import * as E from 'fp-ts/lib/Either.js';
import { key, useBackend } from 'marginalia';
import { showIdxError, stepsPerEpoch } from 'marginalia/data';
import type { Progress } from 'marginalia/inference';
import { loadImages } from '../../examples/data/image-files.js';
import type { FitCase } from '../case.js';
import { fitTraining } from '../cases/fit.js';
import type { Contender, Problem } from '../contenders/contender.js';

/** More epochs than a bench ever asks for. */
const ENDLESS = 1_000_000;

export const fitted = async (of: FitCase, { data }: Problem): Promise<Contender> => {
  await useBackend('wasm')();
  const loaded = await loadImages(data ?? undefined, key(0))();
  if (E.isLeft(loaded)) throw new Error(showIdxError(loaded.left));
  const { train: images } = loaded.right;
  if (images.count !== of.images) {
    throw new Error(`expected ${of.images} training images, but ${data} has ${images.count}`);
  }
  const perEpoch = stepsPerEpoch(images.count, of.batch);
  const notes: string[] = [];
  const stream = fitTraining(of, images, {
    length: { epochs: ENDLESS },
    onEngine: (note) => notes.push(note),
  });
  const next = async (): Promise<Progress> => {
    const told = await stream.next();
    if (told.done === true) throw new Error('training ended before it was told to');
    return told.value;
  };
  const began = performance.now();
  // The first report comes after compiling and a few steps, which count as part of the first epoch.
  const first = await next();
  const compileMs = performance.now() - began - (1000 * first.step) / first.rate;
  let at = first.step;
  let total = first.loss * at;
  /** The sum of the losses of an epoch, in nats. */
  const epoch = async (): Promise<number> => {
    do {
      const { step, loss } = await next();
      total += loss * (step - at);
      at = step;
    } while (at % perEpoch !== 0);
    const found = total;
    total = 0;
    return found;
  };
  return {
    says: `fit: ${notes.join('; ')}`,
    compileMs,
    take: async (epochs) => {
      const losses: number[] = [];
      for (let i = 0; i < epochs; i += 1) losses.push(await epoch());
      return losses;
    },
  };
};
