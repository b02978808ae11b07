/** Measures a model with its guide: everything that the checks look at. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/dictionary.js';
import { deriveFrom } from '../bounds/derive.js';
import type { Derivation } from '../bounds/derivation.js';
import { assertFits } from '../bounds/misfit.js';
import type { Objective } from '../bounds/objective.js';
import { type Structure, inspect } from '../bounds/structure.js';
import { leavesOf, withLeaves } from '../compile/container.js';
import { knownParameter } from '../inference/svi-checks.js';
import { keyedNoise } from '../noise-source.js';
import { type Params, initialValue } from '../params.js';
import type { Key } from '../random/index.js';
import { scoped } from '../scoped.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import type { Examination } from './examination.js';
import { findPooled } from './pooled.js';
import type { Programs } from './programs.js';
import { slopesOf } from './slopes.js';
import { initialSpreads } from './spread.js';
import { traceSites } from './traced.js';

type AnyProgram = Program<unknown, unknown>;

/** A program, or one for each batch. */
export type Source = AnyProgram | ((batch: unknown) => AnyProgram);

export interface ExamineOptions {
  readonly key: Key;
  readonly params: Params;
  readonly batch?: unknown;
  readonly rows?: number;
}

const made = (source: Source, batch: unknown): AnyProgram =>
  typeof source === 'function' ? source(batch) : source;

/** How a sum of terms is estimated where nothing is asked for; other objectives have no choice. */
const unaskedOf = (structure: Structure, objective: Objective): Derivation | undefined =>
  (objective.statement?.body.tag ?? 'terms') === 'terms' &&
  objective.preferences.everySite === undefined
    ? deriveFrom(structure, {
        ...objective,
        preferences: {
          closedFormKl: 'whereValid',
          discrete: 'enumerate',
          baseline: objective.preferences.baseline,
        },
      })
    : undefined;

/** Runs `use` with the parameters at their initial values, where none are given; they are freed. */
const withParams = <A>(
  given: Params,
  key: Key,
  use: (parameter: (i: ParamInstruction) => Tensor, params: () => Params) => A,
): A => {
  const started: Tensor[] = [];
  const noise = keyedNoise(key);
  const seen = new Map<string, Tensor>();
  const start = (i: ParamInstruction): Tensor => {
    const first = tf.keep(initialValue(i, noise));
    started.push(first);
    return first;
  };
  try {
    return use(
      (i) => {
        const x = seen.get(i.name) ?? entryOf(given, i.name) ?? start(i);
        seen.set(i.name, x);
        return x;
      },
      () => Object.fromEntries(seen),
    );
  } finally {
    tf.dispose(started);
  }
};

/** Measures everything once. A guide that does not fit throws a `GuideMisfitError`. */
export const examine = (
  model: Source,
  guide: Source,
  objective: Objective,
  { key, params: given, batch, rows }: ExamineOptions,
): Examination =>
  scoped(
    () =>
      withParams(given, key, (parameter, seen): Examination => {
        const programs: Programs = {
          model: made(model, batch),
          guide: made(guide, batch),
          parameter,
        };
        const noise = keyedNoise(key);
        const structure = inspect(programs.model, programs.guide, { noise, parameter });
        assertFits(structure, objective);
        const derivation = deriveFrom(structure, objective);
        const params = seen();
        const known: Programs = { ...programs, parameter: knownParameter(params) };
        const leaves = leavesOf(batch);
        const withBatch = (change: (x: Tensor, path: string) => Tensor): Programs => {
          const changed = leaves.map(([path, x]) => [path, change(x, path)] as const);
          const other = withLeaves(batch, Object.fromEntries(changed));
          return { ...known, model: made(model, other), guide: made(guide, other) };
        };
        const traced = traceSites(
          (mark) =>
            withBatch((x) => {
              const copy = tf.clone(x);
              mark(copy);
              return copy;
            }),
          noise,
        );
        const moved = (move: (x: Tensor, name: string) => Tensor): Programs =>
          withBatch((x, path) => (x.dtype === 'float32' ? move(x, path) : x));
        const slopes = slopesOf(known, moved, derivation, objective, params, key);
        const unasked = unaskedOf(structure, objective);
        return {
          structure,
          objective,
          derivation,
          ...(unasked && { unasked }),
          ...traced,
          ...slopes,
          pooled: findPooled(known, key),
          spreads: initialSpreads(known, structure, key),
          ...(rows !== undefined && { rows }),
          ...(leaves.length > 0 && { batchLengths: leaves.map(([, x]) => x.shape[0] ?? 1) }),
        };
      }),
    () => [],
  );
