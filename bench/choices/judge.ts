/** Fixes each way of a step in turn, times them by turns, and compares them with what `auto` takes. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { freeState } from 'marginalia';
import { showWay } from '../../src/compile/choice/ways.js';
import { type Among, compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import type { WeighedStep } from '../../src/inference/compiled/step-ways.js';
import type { Stepper } from '../../src/inference/stepper.js';
import { type Block, type Take, blocksOf, leastMs } from '../blocks.js';
import { type Turns, interleave } from '../interleave.js';
import { firstState, tensorsOf } from '../problem.js';
import type { Batch } from '../study.js';
import type { ChoiceCase } from './catalogue.js';

/** One way, by the model and by the clock, in milliseconds a step. */
export interface Tried {
  readonly way: string;
  readonly modelled: number;
  readonly ms: number;
}

/** A case with what was chosen; `ratio` is its time over that of the fastest. */
export interface Judged {
  readonly case: string;
  readonly chosen: string;
  readonly fastest: string;
  readonly ratio: number;
  readonly tried: readonly Tried[];
}

/** What the model takes for this many times slower than its choice is not tried. */
const HOPELESS = 30;

const nameOf = ({ way, parts }: WeighedStep): string =>
  `${showWay(way)}${parts === 'halves' && way._tag !== 'onnxruntime' ? ', update apart' : ''}`;

const only =
  (wanted: WeighedStep): Among =>
  (weighed) =>
    weighed.filter((w) => nameOf(w) === nameOf(wanted));

const takeOf =
  (stepper: Stepper<Batch>, batches: readonly Batch[]): Take =>
  async (steps) => {
    const atOnce = batches.length === 1 ? steps : 1;
    for (let taken = 0; taken < steps; taken += atOnce) {
      const batch = batches[stepper.at() % batches.length] ?? {};
      const losses = await stepper.advance(batch, atOnce);
      if (E.isLeft(losses)) throw new Error(losses.left);
    }
    return [];
  };

/** How ways are timed: by turns, each once it has run for `warm` milliseconds and is optimised. */
export interface Judging extends Turns {
  readonly warm: number;
}

export const judge = async ({ name, study: make }: ChoiceCase, turns: Judging): Promise<Judged> => {
  const study = make();
  const batches = study.batches().map(tensorsOf);
  const example = batches[0] ?? {};
  const first = firstState(study, example);
  let weighed: readonly WeighedStep[] = [];
  const open = (among: Among) => compiledStepper(study.inference, first, example, {}, among);
  const look = await open((ways) => {
    weighed = ways;
    return ways;
  });
  if (E.isRight(look)) await look.right.close();
  const limit = HOPELESS * (weighed[0]?.ns ?? 0);
  const ready: {
    readonly of: WeighedStep;
    readonly stepper: Stepper<Batch>;
    readonly run: (atLeast: number) => Promise<Block>;
  }[] = [];
  for (const of of weighed.filter(({ ns }) => ns <= limit)) {
    const made = await open(only(of));
    if (E.isLeft(made)) continue;
    ready.push({ of, stepper: made.right, run: blocksOf(takeOf(made.right, batches)) });
  }
  for (const { run } of ready) await run(turns.warm);
  const blocks = await interleave(
    ready.map(({ run }) => ({ run, parts: turns.rounds })),
    turns,
  );
  for (const { stepper } of ready) await stepper.close();
  freeState(first);
  tf.dispose(batches.map((batch) => ({ ...batch })));
  const tried = ready.map(({ of }, i) => ({
    way: nameOf(of),
    modelled: of.ns / 1e6,
    ms: leastMs(blocks[i] ?? []),
  }));
  const [chosen] = tried;
  const fastest = tried.toSorted((a, b) => a.ms - b.ms)[0];
  if (chosen === undefined || fastest === undefined) throw new Error(`${name}: nothing runs it`);
  return {
    case: name,
    chosen: chosen.way,
    fastest: fastest.way,
    ratio: chosen.ms / fastest.ms,
    tried,
  };
};
