/**
 * The mathematics that the TensorFlow.js peers are written in, through marginalia's compiler in the
 * place of the language's: what is left between the two is the cost of the language.
 */
import * as tf from '@tensorflow/tfjs';
import { adam, noise } from 'marginalia';
import { withGradients } from '../../src/inference/gradients.js';
import { mapParams } from '../../src/inference/optimizer.js';
import type { Case } from '../case.js';
import type { Contender, Problem } from '../contender.js';
import { type Loss, lossOf } from '../peers/tfjs/loss.js';
import type { Study } from '../study.js';
import { compiled } from './compiled.js';
import { eightSchoolsByHand } from './eight-schools.js';

/** The study with its step replaced by one on `loss`, fed from the same streams of noise. */
const byHand =
  (loss: Loss, rate: number) =>
  ({ inference, batches }: Study): Study => {
    const optimizer = adam(rate);
    return {
      batches,
      inference: {
        ...inference,
        advance: (state, draw, batch) => {
          const { kept, gradients } = withGradients(state.params, () => {
            const value = loss(
              state.params,
              (site, shape) => draw(site, 0, noise('normal'), shape),
              batch,
            );
            return { loss: value, keep: [value] };
          });
          const update = optimizer.update(gradients, state.optimizer, state.params);
          const params = mapParams(state.params, (x, name) => tf.add(x, update.updates[name] ?? 0));
          return {
            params,
            optimizer: update.state,
            metrics: { loss: kept[0] ?? tf.scalar(Number.NaN), terms: {} },
          };
        },
      },
    };
  };

/** The peers' loss, but for eight schools, where theirs has another arrangement of parameters. */
const handLoss = (of: Case): Loss =>
  of.kind === 'eight-schools' ? eightSchoolsByHand(of) : lossOf(of);

export const hand = (problem: Problem): Promise<Contender> =>
  compiled(problem, 'by hand, through our compiler', byHand(handLoss(problem.of), problem.of.rate));
