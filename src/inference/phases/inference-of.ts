/** The inference that takes given turns in each step: of one phase, or of several. */
import { SiteError } from '../../../dsl/index.js';
import { entryOf, joined } from '../../../dsl/dictionary.js';
import { refuseUnknown } from '../../../dsl/checks/unknown-names.js';
import { paramLabel } from '../../../dsl/error.js';
import type { Params } from '../../interpreters/params.js';
import { type Key } from '../../random/index.js';
import { keyedNoise } from '../../random/noise-source.js';
import { scoped } from '../../scoped.js';
import { guarded, metricTensors, metricsOf } from '../metrics.js';
import type { PhaseDerivation } from '../../bounds/derivation.js';
import type { PhaseStart } from './phase.js';
import type { Svi } from '../inference.js';
import { type SviState, apartFrom, stateTensors } from '../svi-state.js';
import {
  type Turn,
  counted,
  drawKey,
  dueTurns,
  firstTurns,
  noiseAt,
  partOf,
  stepPartOf,
  takeTurn,
  turnNames,
  underPhase,
} from './turn.js';

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
  turns: readonly Turn<B>[],
  key: Key,
  batch: B,
  given: Params,
): Omit<PhaseStart, 'derivation'> & {
  readonly derivations: readonly (readonly [Turn<B>, PhaseStart['derivation']])[];
} =>
  turns.reduce<ReturnType<typeof begun<B>>>(
    (so, turn) => {
      const start = turn.phase.begin(key, batch, { ...given, ...so.params });
      const visits = Object.keys(start.params);
      const { trains = visits } = start.derivation;
      const derivation =
        turn.name === '' ? start.derivation : { ...start.derivation, trains, visits };
      return {
        params: { ...so.params, ...start.params },
        optimizer: { ...so.optimizer, ...underPhase(turn.name, start.optimizer) },
        optimizerSupports: {
          ...so.optimizerSupports,
          ...underPhase(turn.name, start.optimizerSupports),
        },
        memory: { ...so.memory, ...underPhase(turn.name, start.memory) },
        supports: withSupports(so.supports, turn.name, start.supports),
        derivations: [...so.derivations, [turn, derivation]],
      };
    },
    { params: {}, optimizer: {}, optimizerSupports: {}, memory: {}, supports: {}, derivations: [] },
  );

/** How often a phase has its turns. */
const howOften = <B>({ paces }: Turn<B>): Omit<PhaseDerivation, 'derivation'> => {
  const { every = 1, after = 0 } = paces.at(-1) ?? {};
  return {
    times: paces.reduce((product, { times }) => product * times, 1),
    ...(every > 1 && { every }),
    ...(after > 0 && { after }),
  };
};

const START = 'a parameter of the programs, for it is given a value to start from';

/** Makes an inference of turns, one of which gives the loss that is reported. */
export const inferenceOf = <B>(turns: readonly Turn<B>[], reported: Turn<B>): Svi<B> => {
  const firsts = firstTurns(turns);
  const { phase } = reported;
  const single = reported.name === '';
  return {
    init: (key, batch, given: Params = {}) =>
      scoped((): SviState => {
        const { derivations, ...start } = begun(firsts, key, batch, given);
        // One that no program has would not be looked at.
        refuseUnknown(Object.keys(given), Object.keys(start.params), START, paramLabel);
        const found = derivations.find(([turn]) => turn.name === reported.name);
        if (found === undefined) throw new Error(`expected a phase '${reported.name}'.`);
        const phases = Object.fromEntries(
          derivations.map(([turn, derivation]) => [turn.name, { ...howOften(turn), derivation }]),
        );
        const derivation = single ? found[1] : { ...found[1], phases };
        return { ...start, step: 0, key, derivation };
      }, stateTensors),
    step: (state, batch) =>
      scoped(
        () => {
          const due = dueTurns(turns, state.step);
          const names = turnNames(due);
          const { at, taken } = due.reduce<{
            readonly at: SviState;
            readonly taken: Parameters<typeof metricsOf>[0];
          }>(
            ({ at: before, taken: so }, turn, i) => {
              const [after, found] = takeTurn(turn, before, batch);
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
      scoped(() => {
        const found = firsts.map((turn) => {
          const part = partOf(turn, state);
          const noise = key === undefined ? noiseAt(part) : keyedNoise(key);
          return [turn.name, turn.phase.bound(counted(part), noise, batch)] as const;
        });
        return metricsOf(found, reported.name);
      }, metricTensors),
    gradients: (state, batch) =>
      scoped(
        () =>
          joined(
            firsts.map((turn): Params => {
              const part = partOf(turn, state);
              const half = turn.phase.differentiate(counted(part), noiseAt(part), batch);
              return underPhase(turn.name, half.gradients);
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
    turns,
    reported: reported.name,
  };
};
