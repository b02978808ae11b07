/** What is told of a model and its guide, and whether that can be. */
import * as tf from '@tensorflow/tfjs';
import { isProgram } from '../../dsl/program/program.js';
import { listedNames } from '../../dsl/refusals/nearest.js';
import {
  type Rule,
  anything,
  checkOptions,
  demand,
  finiteNumber,
  required,
} from '../../dsl/refusals/options.js';
import type { Objective } from '../bounds/objective.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { LinearGaussian } from './cases/linear-gaussian/linear-gaussian.js';
import type { DiscreteGraph } from './cases/discrete/discrete-graphs.js';
import { type AnyProgram, type Inference, nothing, paramsOf } from './law/inference.js';
import { lawRules } from './law/law-options.js';
import type { RunOptions } from './law/run-laws.js';
import type { Coordinates } from './programs/coordinates-law.js';
import type { RowsInference } from './programs/minibatches-law.js';
import type { checkReordering } from './programs/naming-laws.js';
import type { PlateAndLoop } from './programs/plate-loop-law.js';

/** A model with its guide, and what is known of them; each piece of knowledge makes more laws apply. */
export interface ModelUnderTest extends Inference {
  /** The bound that is trained; `elbo()` where left out. */
  readonly objective?: Objective;
  readonly optimizer?: Optimizer;
  /** log p(data), nats. */
  readonly logEvidence?: number;
  /** The exact posterior as a program. */
  readonly posterior?: AnyProgram;
  /** Model and guide of some rows, for minibatches. */
  readonly rows?: Pick<RowsInference, 'model' | 'guide' | 'size'>;
  /** The same inference with a loop in place of a plate. */
  readonly loop?: Pick<PlateAndLoop, 'looped' | 'plate' | 'nameOf'>;
  /** The same inference with independent sites in another order. */
  readonly reordered?: Parameters<typeof checkReordering>[0]['reordered'];
  /** The same inference in other coordinates. */
  readonly as?: Coordinates;
}

/** A rule for a program that must be given. */
const programRule = (cure: string): Rule =>
  required({ expected: 'a program', holds: isProgram, cure });

type Known = ModelUnderTest & RunOptions;

/** A rule for each piece of knowledge. */
const rules: Readonly<Record<keyof Known, Rule>> = {
  ...lawRules,
  model: programRule('pass the model with its data given, as sample, plate and program make it'),
  guide: programRule(
    'pass one with the latent sites of the model, `program(function* () {})` where it has none',
  ),
  params: anything,
  objective: anything,
  optimizer: anything,
  logEvidence: { ...finiteNumber, expected: 'a number of nats', cure: 'leave it out' },
  posterior: { ...programRule('leave it out'), required: false },
  rows: anything,
  loop: anything,
  reordered: anything,
  as: anything,
  laws: anything,
  seconds: anything,
};

/** What generated cases tell beside that, which no law of models asks for. */
const OF_CASES: Readonly<
  Record<Exclude<keyof (LinearGaussian & DiscreteGraph), keyof Known>, true>
> = {
  data: true,
  gap: true,
  correlation: true,
  features: true,
  recipe: true,
  particles: true,
  observations: true,
  masked: true,
  network: true,
  posteriorNetwork: true,
  posteriorLaw: true,
  latents: true,
  guideNetwork: true,
  guideElbo: true,
};

/** Names of the parameters of everything that is given. */
const parameterNames = (subject: ModelUnderTest): readonly string[] => {
  const { model, guide, posterior, loop, reordered, as } = subject;
  const programs = [
    model,
    guide,
    posterior,
    loop?.looped.model,
    loop?.looped.guide,
    reordered?.model,
    reordered?.guide,
    as?.model,
    as?.guide,
  ];
  const names: string[] = [];
  tf.tidy(() => {
    for (const p of programs) if (p !== undefined) names.push(...Object.keys(paramsOf(p, nothing)));
  });
  return [...new Set(names)];
};

/** Throws a `RangeError` where what is told of an inference is not known by this name, or cannot be. */
export const checkKnowledge = (subject: ModelUnderTest): void => {
  const asked = Object.entries(subject).filter(([name]) => !Object.hasOwn(OF_CASES, name));
  checkOptions<Readonly<Record<string, unknown>>>('checkModel', Object.fromEntries(asked), rules);
  const { params = {} } = subject;
  const names = Object.keys(params).length === 0 ? [] : parameterNames(subject);
  const stranger = Object.keys(params).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const known = `params of ${listedNames(names)}`;
  demand(false, 'checkModel', known, `'${stranger}'`, 'name them as the `param` sites');
};
