/** Sites of a guide whose elements some term mixes: their values cannot be summed over element by element. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../../dsl/index.js';
import { runKnowing } from '../../interpreters/known.js';
import { mixesElements } from '../../interpreters/mixed-elements.js';
import type { SiteRecord } from '../../interpreters/record.js';
import { type RunOptions, runProgram } from '../../interpreters/run.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { fitsIn, latentsOf } from '../fit/fitting-draws.js';

type AnyProgram = Program<unknown, unknown>;

/** Both programs, with a site of the guide at a value that is given, or at a draw. */
const runAt = (
  model: AnyProgram,
  guide: AnyProgram,
  options: Pick<RunOptions, 'noise' | 'parameter'>,
  site: string,
  value?: Tensor,
): readonly SiteRecord[] => {
  const both = runKnowing(guide, (program) => {
    const drawn = runProgram(program, {
      ...options,
      role: 'guide',
      choose: (i) =>
        i.name === site && value !== undefined ? { from: 'value', value } : { from: 'noise' },
    });
    const values = latentsOf(drawn.records);
    const scored = runProgram(model, {
      ...options,
      role: 'model',
      choose: (i, plates) => {
        const q = values.get(i.name);
        return q !== undefined && fitsIn(q, i, plates)
          ? { from: 'value', value: q.value }
          : { from: 'noise' };
      },
    });
    return { guide: drawn, model: scored };
  });
  return [...both.guide.records, ...both.model.records];
};

/** Whether some term depends on several elements at once of a finite site that lies in a plate. */
export const isMixed = (
  site: string,
  model: AnyProgram,
  guide: AnyProgram,
  options: Pick<RunOptions, 'noise' | 'parameter'>,
): boolean =>
  tidied(
    () => {
      const record = runAt(model, guide, options, site).find((r) => r.name === site);
      if (record?.kind !== 'sample') return false;
      const values = record.distribution.sampler.enumeration?.values() ?? tf.zeros([1]);
      return mixesElements({ plates: record.plates, values }, (value) =>
        runAt(model, guide, options, site, value),
      );
    },
    () => [],
  );
