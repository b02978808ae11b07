/** Gradients at the start and near it: which parameters have none, and what is not finite. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/dictionary.js';
import { siteLabel } from '../../dsl/error.js';
import type { Derivation } from '../bounds/derivation.js';
import { drawJoint } from '../bounds/joint.js';
import type { Objective } from '../bounds/objective.js';
import { rawTerm } from '../bounds/terms.js';
import { withGradients } from '../inference/gradients.js';
import { mapParams } from '../inference/optimizer.js';
import { estimateOf } from '../bounds/estimate-of.js';
import { knownParameter } from '../inference/svi-checks.js';
import { keyedNoise } from '../noise-source.js';
import type { Params } from '../params.js';
import { type Key, foldIn } from '../random/index.js';
import { type Programs, atStart } from './programs.js';
import { scoped } from '../scoped.js';

/** How far parameters and data are moved: a zero by symmetry does not survive it. */
const SHIFT = 0.1;

export interface Slopes {
  readonly still: readonly string[];
  readonly notFinite: readonly string[];
}

const gradientsAt = (
  { model, guide }: Programs,
  derivation: Derivation,
  objective: Objective,
  params: Params,
  key: Key,
): Readonly<Record<string, readonly number[]>> => {
  const { gradients } = withGradients(params, () => {
    const at = { model, guide, parameter: knownParameter(params) };
    const joint = drawJoint(model, guide, derivation, atStart(at, keyedNoise(key)));
    return { loss: tf.neg(estimateOf(objective, joint).surrogate), keep: [] };
  });
  return Object.fromEntries(Object.entries(gradients).map(([n, g]) => [n, [...g.dataSync()]]));
};

const badTerms = (programs: Programs, derivation: Derivation, key: Key): readonly string[] => {
  const { model, guide } = programs;
  const joint = drawJoint(model, guide, derivation, atStart(programs, keyedNoise(key)));
  const bad = derivation.terms.filter((t) =>
    rawTerm(joint, t)
      .dataSync()
      .some((x: number) => !Number.isFinite(x)),
  );
  return [...new Set(bad.map((t) => siteLabel(t.site)))];
};

/** Takes the gradient at the start, and twice where parameters and data are moved a little. */
export const slopesOf = (
  programs: Programs,
  movedPrograms: (move: (x: Tensor, name: string) => Tensor) => Programs,
  derivation: Derivation,
  objective: Objective,
  params: Params,
  key: Key,
): Slopes =>
  scoped(
    () => {
      const gradients = (at: Params, run = programs) =>
        gradientsAt(run, derivation, objective, at, key);
      const near = ['once', 'twice'].map((seed) => {
        const noise = keyedNoise(foldIn(key, seed));
        const move = (x: Tensor, name: string): Tensor =>
          tf.add(x, tf.mul(SHIFT, noise(name, 0, { law: 'normal', shape: [] }, x.shape)));
        return gradients(mapParams(params, move), movedPrograms(move));
      });
      const start = gradients(params);
      const still = Object.keys(params).filter((name) =>
        [start, ...near].every((g) => entryOf(g, name)?.every((x) => x === 0)),
      );
      const bad = Object.entries(start).flatMap(([name, g]) =>
        g.every(Number.isFinite) ? [] : [`param '${name}'`],
      );
      const terms = badTerms(programs, derivation, key);
      return { still, notFinite: terms.length > 0 ? terms : bad };
    },
    () => [],
  );
