/** How long to train: the steps or the epochs that are asked for. */
import { checkOptions, demand, whole } from '../../dsl/refusals/options.js';

/** How long to train. */
export type TrainingLength = { readonly epochs: number } | { readonly steps: number };

/** Throws a `RangeError` unless one of both is given, and whole; `who` asked, for the message. */
export const checkLength = (who: string, length: TrainingLength): void => {
  checkOptions<Partial<Record<'epochs' | 'steps', number>>>(`${who}: length`, length, {
    epochs: whole(0),
    steps: whole(0),
  });
  const given = Object.values(length).filter((n) => n !== undefined).length;
  demand(
    given === 1,
    `${who}: length`,
    'epochs or steps',
    given === 0 ? 'neither' : 'both',
    'pass { epochs: 10 } or { steps: 1000 }, say',
  );
};
