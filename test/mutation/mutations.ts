/** Faults that the tests must notice. A new law comes with one that breaks it. */
import { axes } from './axes.js';
import { bench } from './bench.js';
import { bounds } from './bounds.js';
import { checkedModels } from './checked-models.js';
import { checkedObjectives } from './checked-objectives.js';
import { cases } from './cases.js';
import { choices } from './choice.js';
import { commandLine } from './command-line.js';
import { composed } from './composed.js';
import { diagnostics } from './diagnostics.js';
import { documentation } from './documentation.js';
import { estimators } from './estimators.js';
import { engine } from './engine.js';
import { examples } from './examples.js';
import { executors } from './executors.js';
import { families } from './families.js';
import { files } from './files.js';
import { kernels } from './kernels.js';
import { kernelRules } from './kernel-rules.js';
import { language } from './language.js';
import { hostCode } from './host-code.js';
import { lint } from './lint.js';
import { laws } from './laws.js';
import { linearGaussians } from './linear-gaussian.js';
import { models } from './models.js';
import { names } from './names.js';
import { numerics } from './numerics.js';
import { objectives } from './objectives.js';
import { oneDraws } from './one-draw.js';
import { partlyKnown } from './partly.js';
import { properties } from './properties.js';
import { training } from './training.js';
import { transforms } from './transform.js';
import { weights } from './weights.js';
import { reports } from './reports.js';
import { runs } from './runs.js';
import { runtimes } from './runtime.js';
import { draws } from './draws.js';
import { validity } from './validity.js';
import type { Mutation } from './mutation.js';

export type { Mutation } from './mutation.js';

export const mutations: readonly Mutation[] = [
  ...language,
  ...partlyKnown,
  ...families,
  ...bounds,
  ...axes,
  ...cases,
  ...objectives,
  ...commandLine,
  ...composed,
  ...diagnostics,
  ...documentation,
  ...estimators,
  ...engine,
  ...executors,
  ...choices,
  ...runtimes,
  ...kernels,
  ...kernelRules,
  ...transforms,
  ...oneDraws,
  ...bench,
  ...hostCode,
  ...lint,
  ...examples,
  ...laws,
  ...linearGaussians,
  ...checkedModels,
  ...checkedObjectives,
  ...names,
  ...numerics,
  ...weights,
  ...reports,
  ...runs,
  ...draws,
  ...validity,
  ...models,
  ...properties,
  ...files,
  ...training,
];
