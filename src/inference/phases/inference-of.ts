/** The inference that takes given stages in each step: of one phase, or of several. */
import { SiteError } from '../../../dsl/index.js';
import { entryOf, joined } from '../../../dsl/records/dictionary.js';
import { refuseUnknown } from '../../../dsl/refusals/unknown-names.js';
import { paramLabel } from '../../../dsl/refusals/error.js';
import type { Params } from '../../interpreters/params.js';
import { type Key } from '../../random/index.js';
import { keyedNoise } from '../../random/noise-source.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { guarded, metricTensors, metricsOf } from '../metrics.js';
import type { PhaseDerivation } from '../../bounds/derivation.js';
import type { PhaseStart } from './phase.js';
import type { Svi } from '../inference.js';
import { type SviState, apartFrom, stateTensors } from '../svi-state.js';
import {
  type Stage,
  counted,
  drawKey,
  dueStages,
  firstStages,
  noiseAt,
  partOf,
  stageNames,
  stepPartOf,
  takeStage,
  underPhase,
} from './stage.js';

type Supports = SviState['supports'];

const withSupports = (before: Supports, phase: string, after: Supports): Supports => {
  for (const [name, support] of Object.entries(after)) {
    const known = entryOf(before, name);
    if (known !== undefined && known.name !== support.name) {
      throw new SiteError({
        site: `param '${name}' of the phase '${phase}'`,
        expected: `one support, ${known.name} as in the phases before`,
        received: support.name,
        cure: 'Use different names, or give the parameter one support everywhere.',
      });
    }
  }
  return { ...before, ...after };
};

/** The first state of a phase and those before it; each finds the parameters that are there. */
const begun = <B>(
  stages: readonly Stage<B>[],
  key: Key,
  batch: B,
  given: Params,
): Omit<PhaseStart, 'derivation'> & {
  readonly derivations: readonly (readonly [Stage<B>, PhaseStart['derivation']])[];
} =>
  stages.reduce<ReturnType<typeof begun<B>>>(
    (so, stage) => {
      const start = stage.phase.begin(key, batch, { ...given, ...so.params });
      const visits = Object.keys(start.params);
      const { trains = visits } = start.derivation;
      const derivation =
        stage.name === '' ? start.derivation : { ...start.derivation, trains, visits };
      return {
        params: { ...so.params, ...start.params },
        optimizer: { ...so.optimizer, ...underPhase(stage.name, start.optimizer) },
        optimizerSupports: {
          ...so.optimizerSupports,
          ...underPhase(stage.name, start.optimizerSupports),
        },
        carry: { ...so.carry, ...underPhase(stage.name, start.carry) },
        supports: withSupports(so.supports, stage.name, start.supports),
        derivations: [...so.derivations, [stage, derivation]],
      };
    },
    { params: {}, optimizer: {}, optimizerSupports: {}, carry: {}, supports: {}, derivations: [] },
  );

/** How often a phase has its stages. */
const howOften = <B>({ paces }: Stage<B>): Omit<PhaseDerivation, 'derivation'> => {
  const { every = 1, after = 0 } = paces.at(-1) ?? {};
  return {
    times: paces.reduce((product, { times }) => product * times, 1),
    ...(every > 1 && { every }),
    ...(after > 0 && { after }),
  };
};

const START = 'a parameter of the programs, for it is given a value to start from';

/** Makes an inference of stages, one of which gives the loss that is reported. */
export const inferenceOf = <B>(stages: readonly Stage<B>[], reported: Stage<B>): Svi<B> => {
  const firsts = firstStages(stages);
  const { phase } = reported;
  const single = reported.name === '';
  return {
    init: (key, batch, given: Params = {}) =>
      tidied((): SviState => {
        const { derivations, ...start } = begun(firsts, key, batch, given);
        // One that no program has would not be looked at.
        refuseUnknown(Object.keys(given), Object.keys(start.params), START, paramLabel);
        const found = derivations.find(([stage]) => stage.name === reported.name);
        if (found === undefined) throw new Error(`expected a phase '${reported.name}'.`);
        const phases = Object.fromEntries(
          derivations.map(([stage, derivation]) => [
            stage.name,
            { ...howOften(stage), derivation },
          ]),
        );
        const derivation = single ? found[1] : { ...found[1], phases };
        return { ...start, step: 0, key, derivation };
      }, stateTensors),
    step: (state, batch) =>
      tidied(
        () => {
          const due = dueStages(stages, state.step);
          const names = stageNames(due);
          const { at, taken } = due.reduce<{
            readonly at: SviState;
            readonly taken: Parameters<typeof metricsOf>[0];
          }>(
            ({ at: before, taken: so }, stage, i) => {
              const [after, found] = takeStage(stage, before, batch);
              const told = (names[i] ?? []).map((name) => [name, found] as const);
              return { at: after, taken: [...so, ...told] };
            },
            { at: state, taken: [] },
          );
          const metrics = metricsOf(taken, reported.name);
          const loss = single
            ? metrics.loss
            : guarded(
                metrics.loss,
                taken.map(([, m]) => m.loss),
              );
          const next = apartFrom(state, { ...at, step: state.step + 1 });
          return [next, { ...metrics, loss }] as const;
        },
        ([next, metrics]) => [...stateTensors(next), ...metricTensors(metrics)],
      ),
    evaluate: (state, batch, { key } = {}) =>
      tidied(() => {
        const found = firsts.map((stage) => {
          const part = partOf(stage, state);
          const noise = key === undefined ? noiseAt(part) : keyedNoise(key);
          return [stage.name, stage.phase.bound(counted(part), noise, batch)] as const;
        });
        return metricsOf(found, reported.name);
      }, metricTensors),
    gradients: (state, batch) =>
      tidied(
        () =>
          joined(
            firsts.map((stage): Params => {
              const part = partOf(stage, state);
              const half = stage.phase.differentiate(counted(part), noiseAt(part), batch);
              return underPhase(stage.name, half.gradients);
            }),
          ),
        (gradients: Params) => Object.values(gradients),
      ),
    bound: (state, noise, batch) => phase.bound(stepPartOf(reported, state), noise, batch),
    drawKey: (state) => drawKey(partOf(reported, state)),
    structure: phase.structure,
    model: phase.model,
    guide: phase.guide,
    objective: phase.objective,
    stages,
    reported: reported.name,
  };
};
