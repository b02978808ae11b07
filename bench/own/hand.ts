/**
 * The mathematics that the TensorFlow.js peers are written in, through marginalia's compiler in the
 * place of the language's: what is left between the two is the cost of the language.
 */
import * as tf from '@tensorflow/tfjs';
import { baseNoise } from 'marginalia/distributions';
import { withGradients } from '../../src/inference/gradients.js';
import { type ByHandCase, isByHand } from '../case.js';
import type { Contender, Problem } from '../contenders/contender.js';
import type { Loss } from '../peers/tfjs/loss.js';
import { lossOf } from '../peers/tfjs/loss-of.js';
import type { Study } from '../study.js';
import { studyOf } from '../cases/study-of.js';
import { compiled } from './compiled.js';
import { eightSchoolsByHand } from './eight-schools.js';

/** The study with its step replaced by one on `loss`, fed from the same streams of noise. */
const byHand =
  (loss: Loss) =>
  ({ inference, batches }: Study): Study => {
    const differentiate: (typeof inference.stages)[number]['phase']['differentiate'] = (
      { params },
      draw,
      batch,
    ) => {
      const { kept, gradients } = withGradients(params, (given) => {
        const value = loss(
          given,
          (site, shape) => draw(site, 0, baseNoise('normal'), shape),
          batch,
        );
        return { loss: value, keep: { value } };
      });
      return {
        gradients,
        carry: {},
        running: {},
        metrics: { loss: kept['value'] ?? tf.scalar(Number.NaN), terms: {} },
      };
    };
    const stages = inference.stages.map((stage) => ({
      ...stage,
      phase: { ...stage.phase, differentiate },
    }));
    return { batches, inference: { ...inference, stages } };
  };

/** The peers' loss, but for eight schools, where theirs has another arrangement of parameters. */
const handLoss = (of: ByHandCase): Loss =>
  of.kind === 'eight-schools' ? eightSchoolsByHand(of) : lossOf(of);

export const hand = async (problem: Problem): Promise<Contender> => {
  const { of } = problem;
  if (!isByHand(of)) throw new Error(`${of.name} is not written by hand`);
  const study = byHand(handLoss(of))(studyOf(of));
  return compiled(problem, study, 'by hand, through our compiler');
};
