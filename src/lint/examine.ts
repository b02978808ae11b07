/** Measures a model with its guide: everything that the checks look at, each thing when it is asked for. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../dsl/index.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import { entryOf } from '../../dsl/records/dictionary.js';
import { deriveFrom } from '../bounds/derive.js';
import type { Derivation } from '../bounds/derivation.js';
import { assertFits } from '../bounds/misfit.js';
import { isOverTerms, trainsOwner } from '../bounds/meaning.js';
import type { Objective } from '../bounds/objective.js';
import { type Structure, inspect } from '../bounds/dependence/structure.js';
import { leavesOf, withLeaves } from '../compile/container.js';
import { knownParameter } from '../inference/svi-checks.js';
import { keyedNoise } from '../random/noise-source.js';
import { once } from '../../dsl/records/once.js';
import { type Params, initialValue } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import type { Examination } from './examination.js';
import { findPlaced, inReverse, ofOneRow } from './placed.js';
import { findPooled } from './pooled.js';
import { findUnrepeated } from './unrepeated.js';
import type { Programs } from './programs.js';
import { withoutGradient } from './no-gradient.js';
import {
  badGradients,
  badTerms,
  SHIFT,
  gradientsAt,
  fixedIn,
  stillNear,
  zerosIn,
} from './slopes.js';
import { initialSpreads } from './spread.js';
import { type TraceOptions, traceSites, valueSites } from './traced.js';

type AnyProgram = Program<unknown, unknown>;

/** A program, or one for each batch. */
export type Source<B = unknown> = AnyProgram | ((batch: B) => AnyProgram);

export interface ExamineOptions<B> {
  readonly key: Key;
  readonly params: Params;
  readonly batch: B;
  readonly rows?: number;
  /** Whether batches are shuffled, as they are where it is left out. */
  readonly shuffle?: boolean;
  /** The parameters that are trained; all that the objective trains where it is left out. */
  readonly trains?: readonly string[];
}

const made = <B>(source: Source<B>, batch: B): AnyProgram =>
  typeof source === 'function' ? source(batch) : source;

/** How a sum of terms is estimated where nothing is asked for; other objectives have no choice. */
const unaskedOf = (
  structure: Structure,
  objective: Objective,
  trains: readonly string[],
): Derivation | undefined =>
  isOverTerms(objective.meaning) && objective.preferences.everySite === undefined
    ? deriveFrom(
        structure,
        {
          ...objective,
          preferences: {
            closedFormKl: 'whereValid',
            discrete: 'enumerate',
            baseline: objective.preferences.baseline,
          },
        },
        trains,
      )
    : undefined;

/** What an objective trains, of what is trained at all. */
const trainedOf = (
  { params }: Structure,
  { meaning }: Objective,
  group: readonly string[] | undefined,
): readonly string[] =>
  params
    .filter(
      ({ name, owner, running }) =>
        !running && (group === undefined || group.includes(name)) && trainsOwner(meaning, owner),
    )
    .map(({ name }) => name);

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

/** Measures once, when it is first asked, and frees what was needed for it. */
const measuredOnce = <A>(measure: () => A): (() => A) => once(() => tidied(measure, () => []));

/**
 * Measures what `use` asks for, and frees what was needed for it. A guide that does not fit throws a
 * `GuideMisfitError`.
 */
export const examine = <B, A>(
  model: Source<B>,
  guide: Source<B>,
  objective: Objective,
  { key, params: given, batch, rows, shuffle = true, trains }: ExamineOptions<B>,
  use: (e: Examination) => A,
): A =>
  tidied(
    () =>
      withParams(given, key, (parameter, seen): A => {
        const programs: Programs = {
          model: made(model, batch),
          guide: made(guide, batch),
          parameter,
        };
        const noise = keyedNoise(key);
        const structure = inspect(programs.model, programs.guide, { noise, parameter });
        assertFits(structure, objective);
        const derivation = deriveFrom(structure, objective, trains);
        const params = seen();
        const trained = trainedOf(structure, objective, trains);
        const known: Programs = { ...programs, parameter: knownParameter(params) };
        const leaves = leavesOf(batch);
        const withBatch = (change: (x: Tensor, path: string) => Tensor): Programs => {
          const changed = leaves.map(([path, x]) => [path, change(x, path)] as const);
          const other = withLeaves(batch, Object.fromEntries(changed));
          return { ...known, model: made(model, other), guide: made(guide, other) };
        };
        const marked: TraceOptions = {
          build: (mark) =>
            withBatch((x) => {
              const copy = tf.clone(x);
              mark(copy);
              return copy;
            }),
          noise,
        };
        const traced = measuredOnce(() => traceSites(marked));
        const slopes = { derivation, objective, params };
        const atStart = measuredOnce(() => gradientsAt(known, slopes, key));
        const moved = (move: (x: Tensor, name: string) => Tensor): Programs =>
          withBatch((x, path) => (x.dtype === 'float32' ? move(x, path) : x));
        const still = measuredOnce((): readonly string[] => {
          const zeros = zerosIn(atStart()).filter((name) => trained.includes(name));
          if (zeros.length === 0) return zeros;
          const build = (at: B): Pick<Programs, 'model' | 'guide'> => ({
            model: made(model, at),
            guide: made(guide, at),
          });
          const everywhere = withoutGradient(build, batch, slopes);
          return typeof everywhere === 'string'
            ? stillNear(zeros, moved, slopes, key)
            : zeros.filter((name) => everywhere.includes(name));
        });
        const notFinite = measuredOnce((): readonly string[] => {
          const terms = badTerms(known, slopes, key);
          return terms.length > 0 ? terms : badGradients(atStart());
        });
        const pooled = measuredOnce(() => findPooled(known, key));
        const unrepeated = measuredOnce(() =>
          findUnrepeated(
            known,
            withBatch((x) => x),
            noise,
          ),
        );
        const batchLengths = leaves.map(([, x]) => x.shape[0] ?? 1);
        const placed = measuredOnce(() => {
          const plates = traced()
            .plates.filter((p) => p.count > 1 && rows !== undefined && p.count < rows)
            // What is not as long as the batch may be anything.
            .filter((p) => batchLengths.every((n) => n === p.count))
            // Parameters at drawn rows are compared with the rows that the data follow.
            .filter((p) => !p.drawn || p.params.length === 0);
          return shuffle && plates.length > 0
            ? findPlaced(
                known,
                { reversed: withBatch(inReverse), alike: withBatch(ofOneRow) },
                plates.map(({ name }) => name),
              )
            : [];
        });
        const fixedPenalties = measuredOnce((): readonly string[] => {
          const { penalties = [] } = objective.meaning;
          if (penalties.length === 0 || leaves.length === 0) return [];
          return fixedIn(known, () => moved((x) => tf.add(x, SHIFT)), slopes, key);
        });
        const spreads = measuredOnce(() => initialSpreads(known, structure, key));
        return use({
          structure,
          objective,
          derivation,
          trained,
          unasked: () => unaskedOf(structure, objective, trained),
          sites: () => traced().sites,
          valued: measuredOnce(() => valueSites(marked)),
          plates: () => traced().plates,
          factors: () => traced().factors,
          hidden: () => traced().hidden,
          invalid: () => traced().invalid,
          inputs: () => traced().inputs,
          readsBatch: () => traced().readsBatch,
          still,
          notFinite,
          pooled,
          unrepeated,
          placed,
          fixedPenalties,
          spreads,
          ...(rows !== undefined && { rows }),
          ...(leaves.length > 0 && { batchLengths }),
        });
      }),
    () => [],
  );
