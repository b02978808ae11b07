/** Which gradients of a step are not finite where its loss is, and the terms that they come from. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf, only } from '../../../dsl/records/dictionary.js';
import { drawJoint } from '../../bounds/joint.js';
import { rawTerm } from '../../bounds/terms.js';
import { indexOf } from '../../interpreters/element.js';
import type { Params } from '../../interpreters/params.js';
import { withGradients } from '../../inference/gradients.js';
import type { Phase } from '../../inference/phases/phase.js';
import { knownParameter } from '../../inference/svi-checks.js';
import type { SviState } from '../../inference/svi-state.js';
import { noiseAt } from '../../inference/phases/stage.js';

/** The first element of gradients that is not finite, with all parameters that have one. */
export interface NonFiniteGradient {
  readonly site: string;
  readonly found: number;
  /** Its place within the parameter. */
  readonly entry: readonly number[];
  readonly params: readonly string[];
  /** The sites of the terms through which they are not. */
  readonly sites: readonly string[];
}

const firstBad = (x: Tensor): number => x.dataSync().findIndex((v) => !Number.isFinite(v));

const badIn = (gradients: Params): readonly string[] =>
  Object.keys(gradients).filter((name) => {
    const gradient = entryOf(gradients, name);
    return gradient !== undefined && firstBad(gradient) >= 0;
  });

/** The sites whose terms have a slope that is not finite along some of the parameters. */
const sitesOf = <B>(
  { model, guide }: Phase<B>,
  state: SviState,
  batch: B,
  params: Params,
): readonly string[] => {
  const { derivation } = state;
  const sites = derivation.terms.flatMap((term) => {
    const { gradients } = withGradients(params, (given) => {
      const joint = drawJoint(model(batch), guide(batch), derivation, {
        noise: noiseAt(state),
        parameter: knownParameter({ ...state.params, ...given }),
        step: tf.scalar(state.step),
        carry: state.carry,
      });
      return { loss: tf.sum(rawTerm(joint, term)), keep: {} };
    });
    return badIn(gradients).length > 0 ? [term.site] : [];
  });
  return [...new Set(sites)];
};

/** Those of the gradients of a phase that are not finite, if any are. */
export const nonFiniteGradient = <B>(
  phase: Phase<B>,
  state: SviState,
  batch: B,
  gradients: Params,
): NonFiniteGradient | undefined => {
  const params = badIn(gradients);
  const [site = ''] = params;
  const gradient = entryOf(gradients, site);
  if (gradient === undefined) return undefined;
  const at = firstBad(gradient);
  const own = only(state.params, (name) => params.includes(name));
  return {
    site,
    found: gradient.dataSync()[at] ?? Number.NaN,
    entry: indexOf(gradient.shape, at),
    params,
    sites: sitesOf(phase, state, batch, own),
  };
};
