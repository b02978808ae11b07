/** How training starts: the first batch, the first state, the engine. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { foldIn } from '../../random/index.js';
import { compiledStepper } from '../compiled/compiled-stepper.js';
import { batchesOf } from '../dataset.js';
import { type Stepper, eagerStepper, freeState } from '../stepper.js';
import type { SviState } from '../svi.js';
import type { FitError } from './fit-error.js';
import type { FitOptions } from './fit-options.js';

/** The engine that was asked for, or why it cannot be had. */
const chooseStepper = async <B extends tf.TensorContainer>(
  { svi, engine = 'auto', onEngine, ...options }: FitOptions<B, unknown>,
  state: SviState,
  example: B,
): Promise<E.Either<FitError, Stepper<B>>> => {
  if (engine === 'eager') {
    onEngine?.('eager: asked for');
    return E.right(eagerStepper(svi, state));
  }
  const compiled = await compiledStepper(svi, state, example, options);
  if (E.isRight(compiled)) {
    onEngine?.(`compiled: ${compiled.right.note}`);
    return compiled;
  }
  if (engine === 'compiled') return E.left({ tag: 'notCompiled', reason: compiled.left });
  onEngine?.(`eager: ${compiled.left}`);
  return E.right(eagerStepper(svi, state));
};

/** Goes on eagerly where a later batch turns out not to compile. */
export const eagerFrom = async <B extends tf.TensorContainer>(
  { svi, onEngine }: FitOptions<B, unknown>,
  stepper: Stepper<B>,
  reason: string,
): Promise<Stepper<B>> => {
  const state = stepper.state();
  await stepper.close();
  const eager = eagerStepper(svi, state);
  freeState(state);
  onEngine?.(`eager from step ${eager.at()}: ${reason}`);
  return eager;
};

/** What training needs to take steps. */
export interface Begun<B> {
  readonly stepper: Stepper<B>;
  readonly batchAt: (step: number) => B;
}

/** Makes the first batch, the first state and the stepper. */
export const begin = async <B extends tf.TensorContainer>(
  options: FitOptions<B, unknown>,
): Promise<E.Either<FitError, Begun<B>>> => {
  const { svi, key, from } = options;
  const batchAt = batchesOf(options, foldIn(from?.key ?? key, 'data'));
  const example = batchAt(from?.step ?? 0);
  try {
    const first = from ?? svi.init(key, example);
    const stepper = await chooseStepper(options, first, example);
    if (from === undefined) freeState(first);
    return E.isLeft(stepper) ? stepper : E.right({ stepper: stepper.right, batchAt });
  } finally {
    tf.dispose(example);
  }
};
