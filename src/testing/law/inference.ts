/** A model with its guide under test, and the bounds that laws take of them. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../../dsl/index.js';
import { entryOf, mapped, only } from '../../../dsl/records/dictionary.js';
import { isReparameterised } from '../../../dsl/law/distribution.js';
import type { ParamInstruction } from '../../../dsl/program/instruction.js';
import { rewrite } from '../../../dsl/program/program.js';
import type { Derivation } from '../../bounds/derivation.js';
import { obstacleOf } from '../../bounds/choice/host-code.js';
import { deriveFrom } from '../../bounds/derive.js';
import { estimateOf } from '../../bounds/estimate-of.js';
import { type Joint, drawJoint } from '../../bounds/joint.js';
import { assertFits } from '../../bounds/misfit.js';
import type { Estimate, Objective } from '../../bounds/objective.js';
import { type Structure, inspect, latentSites } from '../../bounds/dependence/structure.js';
import { computedTensor } from '../../compile/computed.js';
import { withGradients } from '../../inference/gradients.js';
import { knownParameter } from '../../inference/svi-checks.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { type Params, initialValue } from '../../interpreters/params.js';
import { type Key, foldIn, key } from '../../random/index.js';
import type { LawName } from './catalogue.js';
import { type LawOptions, checkLawOptions } from './law-options.js';
import type { Claim } from './law.js';

export type AnyProgram = Program<unknown, unknown>;

/** A model, given its data, and a guide. */
export interface Inference extends LawOptions {
  readonly model: AnyProgram;
  readonly guide: AnyProgram;
  /** Parameters, unconstrained; one that is missing has its initial value. */
  readonly params?: Params;
}

/** Programs with every parameter that they have. */
export interface Pair {
  readonly model: AnyProgram;
  readonly guide: AnyProgram;
  readonly params: Params;
}

/** An inference ready for laws. */
export interface Trial extends Pair {
  readonly structure: Structure;
  readonly claim: (law: LawName) => Claim;
  readonly seed: number;
  readonly key: Key;
  readonly alarm: number;
  readonly draws: number;
  readonly tolerance: number;
}

const quoted = (names: readonly string[]): string => names.map((n) => `'${n}'`).join(', ');

const labelOf = ({ model }: Structure): string => {
  const named = (kind: string): readonly string[] =>
    model.filter((s) => s.kind === kind).map((s) => s.name);
  const [latent, observed] = [named('latent'), named('observed')];
  const given = observed.length === 0 ? '' : ` given ${quoted(observed)}`;
  return `the inference of ${quoted(latent) || 'nothing'}${given}`;
};

/** The parameters of two programs, those that are not given at their initial values. */
export const paramsOf = (model: AnyProgram, guide: AnyProgram, given: Params = {}): Params => {
  const noise = keyedNoise(foldIn(key(0), 'init'));
  const made = new Map<string, Tensor>();
  // Kept, because inspection frees what is made inside it.
  const parameter = (i: ParamInstruction): Tensor => {
    const known = made.get(i.name);
    if (known !== undefined) return known;
    const first = tf.keep(tf.clone(entryOf(given, i.name) ?? initialValue(i, noise)));
    made.set(i.name, first);
    return first;
  };
  try {
    inspect(model, guide, { noise, parameter });
    return mapped(Object.fromEntries(made), (x) => tf.clone(x));
  } finally {
    tf.dispose([...made.values()]);
  }
};

/** The settings of a law, with what was left out filled in. */
export const settingsOf = (options: LawOptions) => {
  checkLawOptions(options);
  const { seed = 20240229, falseAlarm = 1e-6, draws = 2560, tolerance = 1e-4 } = options;
  return { seed, key: key(seed), alarm: falseAlarm, draws, tolerance };
};

/** Makes an inference ready; everything that it makes belongs to the scope around it. */
export const trialOf = (inference: Inference): Trial => {
  const { model, guide, label } = inference;
  const settings = settingsOf(inference);
  const params = paramsOf(model, guide, inference.params);
  const structure = structureOf({ model, guide, params });
  const of = label ?? labelOf(structure);
  return {
    model,
    guide,
    params,
    structure,
    ...settings,
    claim: (law) => ({ law, of, seed: settings.seed }),
  };
};

/** The parameters that the model has: another guide may have its own by the names of this one's. */
export const modelParams = ({ params, structure }: Trial): Params => {
  const own = new Set(structure.params.flatMap((p) => (p.owner === 'guide' ? [] : [p.name])));
  return only(params, (name) => own.has(name));
};

/** The structure of two programs at their parameters. */
export const structureOf = ({ model, guide, params }: Pair): Structure =>
  inspect(model, guide, { noise: keyedNoise(key(0)), parameter: knownParameter(params) });

/** Whether every draw of the guide carries a gradient. */
export const isPathwise = ({ guide }: Structure): boolean =>
  latentSites(guide).every((q) => isReparameterised(q.gradient) && obstacleOf(q) === undefined);

/** Whether every site lies in the plates that are subsampled, so that importance weights are defined. */
export const isWeighable = ({ model, guide }: Structure): boolean => {
  const sites = [...model, ...guide];
  return sites.every((s) =>
    s.plates.every(
      (p) =>
        p.count === p.size || sites.every((t) => t.plates.some((other) => other.name === p.name)),
    ),
  );
};

/** A bound and its gradient by parameter, as numbers. */
export interface Found {
  readonly value: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** An objective of two programs, as a function of noise and parameters. */
export interface BoundOf {
  readonly derivation: Derivation;
  readonly value: (noise: NoiseSource, params?: Params) => number;
  readonly found: (noise: NoiseSource) => Found;
}

/** An objective of two programs, derived, as a function of noise and parameters. */
export interface Estimator {
  readonly derivation: Derivation;
  /** The joint draw that it is taken at. */
  readonly joint: (noise: NoiseSource, params: Params) => Joint;
  readonly estimate: (noise: NoiseSource, params: Params) => Estimate;
}

/** Derives an objective of two programs, from their structure where that is known. */
export const estimatorOf = (
  pair: Pair,
  objective: Objective,
  structure: Structure = structureOf(pair),
): Estimator => {
  assertFits(structure, objective);
  const derivation = deriveFrom(structure, objective);
  const joint: Estimator['joint'] = (noise, params) =>
    drawJoint(pair.model, pair.guide, derivation, {
      noise,
      parameter: knownParameter(params),
      step: tf.scalar(0),
      ...(objective.carry && { carry: objective.carry(derivation, structure) }),
    });
  return {
    derivation,
    joint,
    estimate: (noise, params) => estimateOf(objective, joint(noise, params)),
  };
};

/** Derives an objective of two programs once, to be taken at any noise. */
export const boundOf = (pair: Pair, objective: Objective, structure?: Structure): BoundOf => {
  const { derivation, estimate } = estimatorOf(pair, objective, structure);
  const numberOf = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;
  return {
    derivation,
    value: (noise, params = pair.params) => {
      const values: number[] = [];
      tf.tidy(
        () => void values.push(numberOf(computedTensor(() => estimate(noise, params).value))),
      );
      return values[0] ?? Number.NaN;
    },
    found: (noise) => {
      const all: Found[] = [];
      tf.tidy(() => {
        const { kept, gradients } = withGradients(pair.params, (params) => {
          const { surrogate, value } = estimate(noise, params);
          return { loss: surrogate, keep: { value } };
        });
        all.push({
          value: numberOf(kept['value']),
          gradients: mapped(gradients, (g) => [...g.dataSync()]),
        });
      });
      return all[0] ?? { value: Number.NaN, gradients: {} };
    },
  };
};

/** The program without sites: the guide of a model whose latent sites do not matter. */
export const nothing: AnyProgram = rewrite({ *[Symbol.iterator]() {} }, () => ({ each: (i) => i }));
