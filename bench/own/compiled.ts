/** Steps of an inference through marginalia's compiler: the one place that knows its engine. */
import * as E from 'fp-ts/lib/Either.js';
import { freeState, useBackend } from 'marginalia';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import type { Contender, Problem } from '../contenders/contender.js';
import { firstState, tensorsOf } from '../problem.js';
import type { Study } from '../study.js';

/** The steps of a study on so many threads; as many as pay by the cost model where that is left out. */
export const compiled = async (
  { batches }: Problem,
  study: Study,
  says: string,
  threads?: number,
): Promise<Contender> => {
  await useBackend('wasm')();
  const tensors = batches.map(tensorsOf);
  const example = tensors[0] ?? {};
  const first = firstState(study, example);
  const began = performance.now();
  const notes: string[] = [];
  const made = await compiledStepper(study.inference, first, example, {
    onEngine: (note) => notes.push(note),
    ...(threads !== undefined && { threads }),
  });
  const compileMs = performance.now() - began;
  freeState(first);
  if (E.isLeft(made)) throw new Error(made.left);
  const stepper = made.right;
  return {
    says: `${says}: ${notes.join('; ')}`,
    compileMs,
    take: async (steps) => {
      // A batch that stays the same needs no new call for each step.
      const atOnce = tensors.length === 1 ? steps : 1;
      const losses: (readonly number[])[] = [];
      for (let taken = 0; taken < steps; taken += atOnce) {
        const batch = tensors[stepper.at() % tensors.length] ?? {};
        const found = await stepper.advance(batch, atOnce);
        if (E.isLeft(found)) throw new Error(found.left);
        losses.push(found.right);
      }
      // Flattening costs a short step a part of its time.
      return losses.length === 1 ? (losses[0] ?? []) : losses.flat();
    },
  };
};
