/** Losses on data that are not trained on, and what training makes of them. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { foldIn } from '../random/index.js';
import { type EngineOptions } from '../inference/compiled/engine.js';
import { signOfLoss } from '../bounds/meaning.js';
import type { Structure } from '../bounds/dependence/structure.js';
import { isBetter } from '../optimizers/better.js';
import { batchesOf, stepsPerEpoch } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import { evaluator } from '../inference/evaluator.js';
import { freeState } from '../inference/stepper.js';
import type { Svi } from '../inference/inference.js';
import type { HeldOutLoss, SviState } from '../inference/svi-state.js';
import { firstStages, ofPhase, underPhase } from '../inference/phases/stage.js';
import { type Trouble, attempt } from './fit-error.js';
import { lossElements } from './loss-elements.js';
import type { Walk } from './walk.js';
import { type HeldOut, goesByHeldOut } from './held-out-data.js';

/** How many of the last losses were not better than the best before them. */
const inVain = (losses: readonly HeldOutLoss[], minDelta = 0): number => {
  let best = Number.POSITIVE_INFINITY;
  let since = 0;
  for (const { loss } of losses) {
    const better = isBetter(loss, best, minDelta);
    if (better) best = loss;
    since = better ? 0 : since + 1;
  }
  return since;
};

/** The state as optimisers leave it that go by held-out losses; the tensors are those of the state or new. */
const observed = <B>(svi: Svi<B>, state: SviState, loss: number): SviState => ({
  ...state,
  optimizer: firstStages(svi.stages).reduce<SviState['optimizer']>(
    (all, { name, phase }) =>
      phase.observe === undefined
        ? all
        : { ...all, ...underPhase(name, phase.observe(ofPhase(name, all), loss)) },
    state.optimizer,
  ),
});

/** The held-out losses of a run. */
export interface HeldOutRun {
  readonly stepsLeft: (at: number) => number;
  /** Takes the loss where it is due, and moves the state of optimisers that go by it. */
  readonly take: () => Promise<E.Either<Trouble, void>>;
  readonly losses: () => readonly HeldOutLoss[];
  /** Whether patience is over. */
  readonly isOver: () => boolean;
  readonly close: () => Promise<void>;
}

const nothing: HeldOutRun = {
  stepsLeft: () => Infinity,
  take: async () => E.right(undefined),
  losses: () => [],
  isOver: () => false,
  close: async () => undefined,
};

/** What is asked for, of a run whose walk has begun. */
export interface HeldOutOptions<B extends tf.TensorContainer> extends EngineOptions {
  readonly svi: Svi<B>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly heldOut?: HeldOut<B>;
  readonly from?: SviState;
}

/** The held-out losses of a run; those of the state that it goes on from are its first. */
export const heldOutOf = <B extends tf.TensorContainer>(
  { svi, data, batchSize, heldOut, from, ...engine }: HeldOutOptions<B>,
  walk: Walk,
): HeldOutRun => {
  let losses = from?.heldOut ?? [];
  if (heldOut === undefined) return { ...nothing, losses: () => losses };
  const { every = { epochs: 1 }, patience, minDelta } = heldOut;
  const period =
    'steps' in every ? every.steps : every.epochs * stepsPerEpoch(data.size, batchSize);
  const own = Math.min(heldOut.batchSize ?? batchSize, heldOut.data.size);
  const evaluation = evaluator(svi, {
    ...(engine.engine && { engine: engine.engine }),
    ...(engine.executor && { executor: engine.executor }),
    ...(engine.threads !== undefined && { threads: engine.threads }),
  });
  const due = (at: number): boolean => at > 0 && at % period === 0 && losses.at(-1)?.step !== at;

  /** The programs by how many elements a batch has. */
  const structures = new Map<number, Structure>();

  /** The mean loss of an element, at the same draws every time. */
  const lossAt = async (state: SviState): Promise<number> => {
    const key = foldIn(state.key, 'held-out');
    const batches = batchesOf({ data: heldOut.data, batchSize: own, shuffle: false }, key);
    const sign = signOfLoss(state.derivation.meaning);
    const found: { readonly loss: number; readonly count: number }[] = [];
    for (let i = 0; i < stepsPerEpoch(heldOut.data.size, own); i += 1) {
      const batch = batches.at(i);
      const count = batches.sizeAt(i);
      try {
        if (!structures.has(count)) structures.set(count, svi.structure(key, batch));
        const { bound } = await evaluation.bound(state, batch, { key: foldIn(key, i) });
        found.push({ loss: sign * bound, count });
      } finally {
        tf.dispose(batch);
      }
    }
    const counts = [...structures.keys()];
    const elements = lossElements(
      [...structures].map(([count, structure]) => ({ structure, count })),
    );
    const sum = found.reduce(
      (so, { loss, count }) => so + (loss * count) / (elements[counts.indexOf(count)] ?? 1),
      0,
    );
    return sum / heldOut.data.size;
  };

  return {
    stepsLeft: (at) => period - (at % period),
    losses: () => losses,
    isOver: () => patience !== undefined && inVain(losses, minDelta) >= patience,
    take: async () => {
      if (!due(walk.at())) return E.right(undefined);
      const state = walk.state();
      try {
        const found = await attempt('evaluation', () => lossAt(state));
        if (E.isLeft(found)) return found;
        losses = [...losses, { step: state.step, loss: found.right }];
        if (goesByHeldOut(svi)) {
          const next = observed(svi, state, found.right);
          walk.replace(next);
          tf.dispose(Object.values(next.optimizer).filter((x) => !x.isDisposed));
        }
        return E.right(undefined);
      } finally {
        freeState(state);
      }
    },
    close: evaluation.close,
  };
};
