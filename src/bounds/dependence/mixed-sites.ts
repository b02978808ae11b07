/** Sites of a guide whose elements some term mixes: their values cannot be summed over element by element. */
import type { Program, Tensor } from '../../../dsl/index.js';
import { whileRecording } from '../../compile/recording/recorder.js';
import { runKnowing } from '../../interpreters/known.js';
import { mixesElements } from '../../interpreters/mixed-elements.js';
import { type RunOptions, runProgram } from '../../interpreters/run.js';
import { fitsIn, latentsOf } from '../fit/fitting-draws.js';

type AnyProgram = Program<unknown, unknown>;

/**
 * Of some finite sites that lie in plates, those of which some term depends on several elements at once, whatever is drawn,
 * whatever the batch is and whatever parameters become. Both programs are recorded once for all of them.
 */
export const mixedSites = (
  sites: readonly string[],
  model: AnyProgram,
  guide: AnyProgram,
  options: Pick<RunOptions, 'noise' | 'parameter'>,
): readonly string[] => {
  if (sites.length === 0) return [];
  return whileRecording(() => {
    const tensors: Tensor[] = [];
    const moved = (x: Tensor): Tensor => {
      tensors.push(x);
      return x;
    };
    const watched: typeof options = {
      noise: (...asked) => moved(options.noise(...asked)),
      parameter: (i) => moved(options.parameter(i)),
    };
    const both = runKnowing(guide, (program) => {
      const drawn = runProgram(program, {
        ...watched,
        role: 'guide',
        choose: () => ({ from: 'noise' }),
      });
      const values = latentsOf(drawn.records);
      const scored = runProgram(model, {
        ...watched,
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
    const records = [...both.guide.records, ...both.model.records];
    return both.guide.records.flatMap((r) =>
      r.kind === 'sample' &&
      sites.includes(r.name) &&
      mixesElements(r.value, r.plates, records, { tensors, outside: true })
        ? [r.name]
        : [],
    );
  });
};
