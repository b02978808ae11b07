/**
 * Steps over minibatches with all that can go wrong as values. Numbers that are not finite are found
 * by the loss of the step after, so a state known to be good is kept now and then: from it the steps
 * are taken again, which gives the same numbers, to find the last good one.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { type NonFinite, explainNonFinite } from './non-finite/non-finite.js';
import {
  type Losses,
  type PhaseLosses,
  type Stepper,
  type WrittenSteps,
  copyState,
  eagerStepper,
  freeState,
} from '../inference/stepper.js';
import type { SviState } from '../inference/svi-state.js';
import { type BadNumber, firstNonFinite } from './finite-state.js';
import { type Threw, type Trouble, attempt } from './fit-error.js';
import type { Batches } from '../data/batches.js';
import type { FitOptions } from './fit-options.js';
import { type Begun, tellEngine } from './start.js';

/** Takes steps and answers for the state between them. */
export interface Walk {
  /** Steps, some of so many or all: their losses, all finite, or why no more were taken. */
  readonly advance: (count: number) => Promise<E.Either<Trouble, Losses>>;
  /** A copy of the last good state, which the walk is at from then on, and why it is not that it was at. */
  readonly settled: () => Promise<{ readonly state: SviState; readonly trouble?: Trouble }>;
  readonly phaseLosses: () => PhaseLosses;
  readonly at: () => number;
  /** A copy of the state; it is the caller's. */
  readonly state: () => SviState;
  /** Goes on from a state of the same step, which stays the caller's. */
  readonly replace: (state: SviState) => void;
  readonly close: () => Promise<void>;
}

/** Milliseconds between the states that are kept, at least. */
const KEEP = 1000;

/** How much longer than keeping a state the time between two is, at least: a large one takes as long as some steps. */
const RARELY = 50;

/** Walks over the batches of a run. */
export const walkOf = <B extends tf.TensorContainer>(
  options: FitOptions<B, unknown>,
  { stepper: first, batches, tellNews }: Begun<B>,
): Walk => {
  const { svi, engine = 'auto', signal } = options;
  let stepper: Stepper<B> = first;
  /** Steps on batches that are written, by how many elements these have. */
  const written = new Map<number, WrittenSteps<B>>();
  let good = first.state();
  let keepAt = performance.now() + KEEP;
  /** What the batch of the next step threw, after steps whose losses had to be told. */
  let overdue: Threw | undefined;

  const withBatch = async <A>(
    step: number,
    use: (batch: B) => Promise<E.Either<Trouble, A>>,
  ): Promise<E.Either<Trouble, A>> => {
    const batch = await attempt('data', () => batches.at(step));
    if (E.isLeft(batch)) return batch;
    try {
      return await use(batch.right);
    } finally {
      tf.dispose(batch.right);
    }
  };

  /** Steps, whatever their losses are. */
  const takeOn = async (batch: B, count: number): Promise<E.Either<Trouble, Losses>> => {
    const taken = await attempt('step', () => stepper.advance(batch, count));
    const told = await tellNews();
    if (E.isLeft(taken)) return taken;
    if (E.isLeft(told)) return told;
    const losses = taken.right;
    return E.isLeft(losses) ? E.left({ _tag: 'notCompiled', reason: losses.left }) : losses;
  };

  /** Steps on batches that are written one after another, up to one of another size. */
  const takeWritten = async (
    { into, advance: advanceOn }: WrittenSteps<B>,
    write: NonNullable<Batches<B>['write']>,
    count: number,
  ): Promise<E.Either<Trouble, Losses>> => {
    const start = stepper.at();
    const size = batches.sizeAt(start);
    const faults: Threw[] = [];
    const next = (step: number): boolean => {
      if (step > start) {
        if (batches.sizeAt(step) !== size || signal?.aborted === true) return false;
        if (batches.same) return true;
      }
      try {
        write(step, into);
        return true;
      } catch (error) {
        faults.push({ _tag: 'threw', during: 'data', error });
        return false;
      }
    };
    const taken = await attempt('step', () => advanceOn(count, next));
    const [fault] = faults;
    if (fault === undefined) return taken;
    if (E.isLeft(taken) || taken.right.length === 0) return E.left(fault);
    // The steps before it were taken, and their losses are told first.
    overdue = fault;
    return taken;
  };

  /** Steps from where the stepper is, whatever their losses are. */
  const take = async (count: number): Promise<E.Either<Trouble, Losses>> => {
    const step = stepper.at();
    const size = batches.sizeAt(step);
    const known = written.get(size);
    if (known !== undefined && batches.write !== undefined) {
      return takeWritten(known, batches.write, count);
    }
    return withBatch(step, async (batch) => {
      const taken = await takeOn(batch, batches.same ? count : 1);
      const steps = batches.write && E.isRight(taken) ? stepper.written?.(batch) : undefined;
      if (steps !== undefined) written.set(size, steps);
      return taken;
    });
  };

  /** Why a step at a state is not finite; a program that throws now leaves what is known without it. */
  const explain = async (state: SviState, batch: B, known: NonFinite): Promise<NonFinite> => {
    const found = await attempt('step', () => explainNonFinite(svi, state, batch));
    return E.isRight(found) ? (found.right ?? known) : known;
  };

  /** Goes on eagerly where a later batch stages out not to compile. */
  const goEagerly = async (reason: string): Promise<E.Either<Trouble, void>> => {
    const state = stepper.state();
    const before = stepper;
    stepper = eagerStepper(svi, state);
    written.clear();
    freeState(state);
    await before.close();
    return tellEngine(options, `eager from step ${stepper.at()}: ${reason}`);
  };

  const keep = (state: SviState): void => {
    freeState(good);
    good = state;
  };

  /** Why the next step at a state is not finite, as far as that can be found. */
  const explainNext = async (state: SviState, known: NonFinite): Promise<NonFinite> => {
    const where = await withBatch(state.step, async (batch) =>
      E.right(await explain(state, batch, known)),
    );
    return E.isRight(where) ? where.right : known;
  };

  const lossTrouble = async (loss: number): Promise<Trouble> => {
    const state = stepper.state();
    const where = await explainNext(state, {
      step: state.step,
      site: 'loss',
      what: 'sum of its terms',
      reason: state.step === 0 ? 'start' : 'training',
      found: loss,
    });
    freeState(state);
    return { _tag: 'nonFinite', where, loss };
  };

  const advance = async (count: number): Promise<E.Either<Trouble, Losses>> => {
    if (overdue !== undefined) return E.left(overdue);
    const taken = await take(count);
    const loss = E.isRight(taken) ? (taken.right.at(-1) ?? Number.NaN) : 0;
    const moved = Number.isFinite(loss) ? taken : E.left(await lossTrouble(loss));
    if (E.isLeft(moved) && moved.left._tag === 'notCompiled' && engine === 'auto') {
      const gone = await goEagerly(moved.left.reason);
      return E.isLeft(gone) ? gone : advance(count);
    }
    const now = performance.now();
    if (E.isRight(moved) && now > keepAt) {
      const state = stepper.state();
      if (firstNonFinite(state) !== undefined) {
        freeState(state);
        return E.left(await backToGood());
      }
      keep(state);
      const after = performance.now();
      keepAt = after + Math.max(KEEP, RARELY * (after - now));
    }
    return moved;
  };

  /** Takes steps up to `to` again, from the state that was kept: whether all of it is finite there. */
  const isGoodAt = async (to: number): Promise<SviState | undefined> => {
    stepper.restore(good);
    while (stepper.at() < to) {
      const taken = await take(1);
      if (E.isLeft(taken) || !Number.isFinite(taken.right[0])) return undefined;
    }
    const state = stepper.state();
    if (firstNonFinite(state) === undefined) return state;
    freeState(state);
    return undefined;
  };

  /** Goes back to the last good state, and says what is wrong after it. */
  const backToGood = async (): Promise<Trouble> => {
    const spoilt = stepper.state();
    const bad: BadNumber = firstNonFinite(spoilt) ?? { name: 'params', value: Number.NaN };
    let end = spoilt.step;
    freeState(spoilt);
    // What is not finite stays so: halving finds where it began.
    while (end - good.step > 1) {
      const middle = good.step + Math.floor((end - good.step) / 2);
      const state = await isGoodAt(middle);
      if (state === undefined) end = middle;
      else keep(state);
    }
    stepper.restore(good);
    const known: NonFinite = {
      step: good.step,
      site: bad.name.replace(/^params\//, ''),
      what: 'next value',
      reason: 'training',
      found: bad.value,
    };
    return { _tag: 'nonFinite', where: await explainNext(good, known), loss: bad.value };
  };

  return {
    advance,
    settled: async () => {
      const state = stepper.state();
      if (firstNonFinite(state) === undefined || stepper.at() === good.step) return { state };
      freeState(state);
      const trouble = await backToGood();
      return { state: stepper.state(), trouble };
    },
    phaseLosses: () => stepper.phaseLosses(),
    at: () => stepper.at(),
    state: () => stepper.state(),
    replace: (state) => {
      // Steps that are taken again to find a fault are to be those that were taken.
      if (firstNonFinite(state) === undefined) keep(copyState(state));
      stepper.restore(state);
    },
    close: async () => {
      freeState(good);
      await stepper.close();
    },
  };
};
