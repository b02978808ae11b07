/** What `fit` checks of an inference before its first step, without being asked. */
import { firstStages, partOf } from '../inference/phases/stage.js';
import type { SviState } from '../inference/svi-state.js';
import type { Svi } from '../inference/inference.js';
import { foldIn } from '../random/index.js';
import { examine } from './examine.js';
import { type Finding, byGravity } from './finding.js';
import { findingsOf, ruleNames, rules } from './rules/index.js';

/** What was found in a phase, and the parameters that it trains. */
interface PhaseFindings {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly trained: readonly string[];
}

const namesInFit = ruleNames.filter((name) => rules[name].inFit !== undefined);

const same = (a: Finding) => (b: Finding) => a.rule === b.rule && a.site === b.site;

/** Whether a phase could have found it: what is said of a parameter, only where that is trained. */
const couldFind = (f: Finding, { trained }: PhaseFindings): boolean =>
  !f.site.startsWith("param '") || trained.some((name) => f.site === `param '${name}'`);

const inEvery = (f: Finding, phases: readonly PhaseFindings[]): boolean =>
  phases.every((p) => p.findings.some(same(f)) || !couldFind(f, p));

const counts = (f: Finding, phases: readonly PhaseFindings[]): boolean =>
  rules[f.rule].inFit === 'anyPhase' || inEvery(f, phases);

const atPhase = (f: Finding, name: string, phases: readonly PhaseFindings[]): Finding =>
  inEvery(f, phases) ? f : { ...f, site: `${f.site} of the phase '${name}'` };

/**
 * The errors and warnings of an inference at a state, on the first batch of data with so many rows.
 * Draws come from keys of their own: training sees the same numbers whether this was run or not.
 */
export const findAtStart = <B>(
  svi: Svi<B>,
  state: SviState,
  batch: B,
  { rows, shuffle = true }: { readonly rows: number; readonly shuffle?: boolean | undefined },
): readonly Finding[] => {
  const phases = firstStages(svi.stages).map((stage): PhaseFindings => {
    const { derivation, params } = partOf(stage, state);
    const { model, guide, objective } = stage.phase;
    return examine(
      model,
      guide,
      objective,
      {
        key: foldIn(state.key, 'lint'),
        params,
        batch,
        rows,
        shuffle,
        ...(derivation.trains && { trains: derivation.trains }),
      },
      (e) => ({ name: stage.name, findings: findingsOf(e, namesInFit), trained: e.trained }),
    );
  });
  const kept = phases.flatMap(({ name, findings }) =>
    findings.filter((f) => counts(f, phases)).map((f) => atPhase(f, name, phases)),
  );
  return byGravity(kept.filter((f, i) => kept.findIndex(same(f)) === i));
};
