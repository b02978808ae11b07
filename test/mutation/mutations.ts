/** Faults that the tests must notice. A new law comes with one that breaks it. */
import { axes } from './bounds/axes.js';
import { bench } from './runs/bench.js';
import { bounds } from './bounds/bounds.js';
import { checkedModels } from './laws/checked-models.js';
import { checkedObjectives } from './laws/checked-objectives.js';
import { cases } from './laws/cases.js';
import { choices } from './compile/choice.js';
import { commandLine } from './runs/command-line.js';
import { composed } from './bounds/composed.js';
import { diagnostics } from './runs/diagnostics.js';
import { documentation } from './runs/documentation.js';
import { estimators } from './bounds/estimators.js';
import { engine } from './compile/engine.js';
import { examples } from './runs/examples.js';
import { executors } from './compile/executors.js';
import { divergences } from './language/divergences.js';
import { countLaws } from './language/counts.js';
import { families } from './language/families.js';
import { seriesLaws } from './language/series.js';
import { flows } from './language/flows.js';
import { scalarFamilies } from './language/scalar-families.js';
import { files } from './runs/files.js';
import { kernels } from './compile/kernels.js';
import { kernelRules } from './compile/kernel-rules.js';
import { language } from './language/language.js';
import { hostCode } from './bounds/host-code.js';
import { lint } from './language/lint.js';
import { laws } from './laws/laws.js';
import { linearGaussians } from './laws/linear-gaussian.js';
import { models } from './language/models.js';
import { names } from './language/names.js';
import { numerics } from './compile/numerics.js';
import { objectives } from './bounds/objectives.js';
import { oneDraws } from './bounds/one-draw.js';
import { partlyKnown } from './bounds/partly.js';
import { properties } from './laws/properties.js';
import { vectors } from './language/vectors.js';
import { training } from './runs/training.js';
import { transforms } from './compile/transform.js';
import { weights } from './bounds/weights.js';
import { reports } from './runs/reports.js';
import { runs } from './runs/runs.js';
import { runtimes } from './compile/runtime.js';
import { draws } from './language/draws.js';
import { validity } from './language/validity.js';
import type { Mutation } from './mutation.js';

export type { Mutation } from './mutation.js';

export const mutations: readonly Mutation[] = [
  ...language,
  ...partlyKnown,
  ...divergences,
  ...families,
  ...countLaws,
  ...scalarFamilies,
  ...flows,
  ...vectors,
  ...seriesLaws,
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
