/** Where a value that is not finite came from: the first parameter, value or term that has one. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { drawJoint } from '../bounds/joint.js';
import { rawTerm } from '../bounds/terms.js';
import { keyedNoise } from '../noise-source.js';
import { foldIn } from '../random/index.js';
import { knownParameter } from './svi-checks.js';
import type { Svi, SviState } from './svi.js';

/** The first thing of a step that is not finite. */
export interface NonFinite {
  readonly step: number;
  readonly site: string;
  /** What about the site: its parameter, its value, or a term of the bound. */
  readonly what: string;
  readonly found: number;
}

interface Candidate {
  readonly site: string;
  readonly what: string;
  readonly tensor: Tensor;
}

const candidates = <B>(svi: Svi<B>, state: SviState, batch: B): readonly Candidate[] => {
  const joint = drawJoint(svi.model(batch), svi.guide(batch), state.derivation, {
    noise: keyedNoise(foldIn(state.key, state.step)),
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
 * Repeats a step outside the gradient and names the first site that is not finite, if any is.
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
    for (const { site, what, tensor } of candidates(svi, state, batch)) {
      const bad = firstBad(tensor);
      if (bad !== undefined) {
        found.push({ step: state.step, site, what, found: bad });
        return;
      }
    }
  });
  return found[0];
};
