/** Where a value that is not finite came from: the first parameter, value or term that has one. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { drawJoint } from '../bounds/joint.js';
import { rawTerm } from '../bounds/terms.js';
import { knownParameter } from './svi-checks.js';
import type { Phase } from './phase.js';
import type { Svi, SviState } from './svi.js';
import { noiseAt, partOf, takeTurn } from './turn.js';

/** The first thing of a step that is not finite. */
export interface NonFinite {
  readonly step: number;
  readonly site: string;
  /** What about the site: its parameter, its value, or a term of the bound. */
  readonly what: string;
  readonly found: number;
  /** The phase that it is of, where there are several. */
  readonly phase?: string;
}

interface Candidate {
  readonly site: string;
  readonly what: string;
  readonly tensor: Tensor;
}

const candidates = <B>(
  { model, guide }: Pick<Phase<B>, 'model' | 'guide'>,
  state: SviState,
  batch: B,
): readonly Candidate[] => {
  const joint = drawJoint(model(batch), guide(batch), state.derivation, {
    noise: noiseAt(state),
    parameter: knownParameter(state.params),
  });
  return [
    ...Object.entries(state.params).map(([site, tensor]) => ({ site, tensor, what: 'parameter' })),
    ...[...joint.guide.records, ...joint.model.records].map((r) => ({
      site: r.name,
      tensor: r.value,
      what: `${r.kind} value`,
    })),
    ...joint.derivation.terms.map((term) => ({
      site: term.site,
      tensor: rawTerm(joint, term),
      what: `${term.kind} term`,
    })),
  ];
};

const firstBad = (tensor: Tensor): number | undefined =>
  Array.from<number>(tensor.dataSync()).find((x) => !Number.isFinite(x));

/**
 * Repeats a step outside the gradient and names the first site that is not finite, if any is. Phases
 * are repeated in turn, each from where the one before left the parameters.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => observe('x', normal(0, 1), Infinity),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * explainNonFinite(inference, inference.init(key(0)), undefined)?.site; // 'x'
 * ```
 */
export const explainNonFinite = <B>(
  svi: Svi<B>,
  state: SviState,
  batch: B,
): NonFinite | undefined => {
  const found: NonFinite[] = [];
  tf.tidy(() => {
    let at = state;
    for (const turn of svi.turns) {
      for (const { site, what, tensor } of candidates(turn.phase, partOf(turn, at), batch)) {
        const bad = firstBad(tensor);
        if (bad !== undefined) {
          const phase = turn.name === '' ? {} : { phase: turn.name };
          found.push({ step: state.step, site, what, found: bad, ...phase });
          return;
        }
      }
      if (turn !== svi.turns.at(-1)) [at] = takeTurn(turn, at, batch);
    }
  });
  return found[0];
};
