/** How training starts: the first batch, the first state, the engine. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { demand } from '../../dsl/refusals/options.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import { findAtStart } from '../lint/at-start.js';
import { LintError, showFinding } from '../lint/finding.js';
import { foldIn } from '../random/index.js';
import { compiledStepper } from '../inference/compiled/compiled-stepper.js';
import { type Batches, batchesOf } from '../data/batches.js';
import { namedState } from '../inference/named-state.js';
import { type Stepper, copyState, eagerStepper, freeState } from '../inference/stepper.js';
import type { SviState } from '../inference/svi-state.js';
import { firstNonFinite } from './finite-state.js';
import { type FitError, type Trouble, attempt } from './fit-error.js';
import type { FitOptions } from './fit-options.js';

/** What training needs to take steps. */
export interface Begun<B> {
  readonly stepper: Stepper<B>;
  readonly batches: Batches<B>;
  /** Tells what the engine has said since the last time. */
  readonly tellNews: () => Promise<E.Either<Trouble, void>>;
}

/** Tells of the engine; what the listener throws is a value. */
export const tellEngine = (
  { onEngine }: Pick<FitOptions<never, unknown>, 'onEngine'>,
  note: string,
): Promise<E.Either<Trouble, void>> => attempt('callback', () => onEngine?.(note));

/**
 * What the engine says, kept until it can be told: what a listener throws must end training with the
 * state, and must not be taken for a fault of the step that was being made.
 */
const newsOf = ({
  onEngine,
  onWarning,
}: Pick<FitOptions<never, unknown>, 'onEngine' | 'onWarning'>): {
  readonly listeners: Pick<FitOptions<never, unknown>, 'onEngine' | 'onWarning'>;
  readonly tell: Begun<never>['tellNews'];
} => {
  const kept: (() => void)[] = [];
  return {
    listeners: {
      ...(onEngine && { onEngine: (note) => void kept.push(() => onEngine(note)) }),
      ...(onWarning && { onWarning: (line) => void kept.push(() => onWarning(line)) }),
    },
    tell: () => attempt('callback', () => kept.splice(0).forEach((one) => one())),
  };
};

/** The engine that was asked for, or why it cannot be had. */
const chooseStepper = async <B extends tf.TensorContainer>(
  { svi, engine = 'auto', onEngine, ...options }: FitOptions<B, unknown>,
  state: SviState,
  example: B,
): Promise<E.Either<Trouble, Begun<B>['stepper']>> => {
  const told = async (
    stepper: Stepper<B>,
    note: string,
  ): Promise<E.Either<Trouble, Stepper<B>>> => {
    const heard = await tellEngine({ ...(onEngine && { onEngine }) }, note);
    if (E.isRight(heard)) return E.right(stepper);
    await stepper.close();
    return heard;
  };
  if (engine === 'eager') return told(eagerStepper(svi, state), 'eager: asked for');
  const asked = { ...options, engine, ...(onEngine && { onEngine }) };
  const compiled = await attempt('step', () => compiledStepper(svi, state, example, asked));
  if (E.isLeft(compiled)) return compiled;
  const made = compiled.right;
  if (E.isRight(made)) return made;
  if (engine === 'compiled') return E.left({ _tag: 'notCompiled', reason: made.left });
  return told(eagerStepper(svi, state), `eager: ${made.left}`);
};

/** Throws a `RangeError` unless a state to go on from is one of this inference, and whole. */
const checkFrom = (from: SviState, template: SviState): void => {
  const [own, given] = [namedState(template), namedState(from)];
  const is = (holds: boolean, expected: string, received: string | number): void =>
    demand(holds, 'fit: from', expected, received, 'pass a state that this inference made');
  for (const [name, { shape }] of Object.entries(own)) {
    const found = given[name];
    is(found !== undefined, `'${name}'`, 'a state without it');
    if (found === undefined) continue;
    is(!found.isDisposed, `'${name}'`, 'a state that was freed');
    is(
      sameShape(found.shape, shape),
      `'${name}' of shape ${showShape(shape)}`,
      showShape(found.shape),
    );
  }
  const extra = Object.keys(given).find((name) => !Object.hasOwn(own, name));
  is(
    extra === undefined,
    `a state of ${Object.keys(own).length} tensors`,
    `'${extra}' beside them`,
  );
  const bad = firstNonFinite(from);
  is(bad === undefined, 'finite numbers', `${bad?.value} in '${bad?.name}'`);
};

/** The first batch and the first state; until there is a state, what is wrong throws. */
const firstOf = async <B extends tf.TensorContainer>(
  { svi, key, from }: FitOptions<B, unknown>,
  batches: Batches<B>,
): Promise<E.Either<FitError, { readonly example: B; readonly first: SviState }>> => {
  if (from === undefined) {
    const example = batches.at(0);
    try {
      return E.right({ example, first: svi.init(key, example) });
    } catch (error) {
      tf.dispose(example);
      throw error;
    }
  }
  const made = await attempt('data', () => batches.at(from.step));
  if (E.isLeft(made)) return E.left({ ...made.left, state: copyState(from) });
  try {
    const template = svi.init(from.key, made.right);
    try {
      checkFrom(from, template);
    } finally {
      freeState(template);
    }
    return E.right({ example: made.right, first: copyState(from) });
  } catch (error) {
    tf.dispose(made.right);
    throw error;
  }
};

/** Throws the errors of an inference; its warnings, one line each. */
const warningsOf = <B extends tf.TensorContainer>(
  { svi, data, shuffle }: FitOptions<B, unknown>,
  state: SviState,
  batch: B,
): readonly string[] => {
  const findings = findAtStart(svi, state, batch, { rows: data.size, shuffle });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new LintError(errors);
  return findings.map(showFinding);
};

/** Makes the first batch, the first state and the stepper. */
export const begin = async <B extends tf.TensorContainer>(
  options: FitOptions<B, unknown>,
): Promise<E.Either<FitError, Begun<B>>> => {
  const batches = batchesOf(options, foldIn(options.from?.key ?? options.key, 'data'));
  const started = await firstOf(options, batches);
  if (E.isLeft(started)) return started;
  const { example, first } = started.right;
  const { onWarning = console.warn } = options;
  try {
    const warnings = warningsOf(options, first, example);
    const told = await attempt('callback', () => warnings.forEach((line) => onWarning(line)));
    if (E.isLeft(told)) {
      tf.dispose(example);
      return E.left({ ...told.left, state: first });
    }
  } catch (error) {
    tf.dispose(example);
    freeState(first);
    throw error;
  }
  const { listeners, tell } = newsOf(options);
  const stepper = await chooseStepper({ ...options, ...listeners }, first, example);
  tf.dispose(example);
  if (E.isLeft(stepper)) return E.left({ ...stepper.left, state: first });
  const heard = await tell();
  if (E.isLeft(heard)) {
    await stepper.right.close();
    return E.left({ ...heard.left, state: first });
  }
  freeState(first);
  return E.right({ stepper: stepper.right, batches, tellNews: tell });
};
