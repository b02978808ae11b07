/** Whether the numbers of a state can be those of a training run. */
import { firstOutside, showOutside } from '../../../dsl/checks/domain.js';
import { type Support, real } from '../../../dsl/index.js';
import type { SviState } from '../../inference/svi-state.js';
import { putUnder } from '../../../dsl/records/record-paths.js';
import { excerpt } from '../files/excerpt.js';
import type { RawTensor } from './raw-tensor.js';

/** What the entries of a state may be, by their names in a checkpoint; the others are finite. */
const supportsOf = ({ optimizerSupports }: SviState): ReadonlyMap<string, Support> =>
  new Map(Object.entries(putUnder('optimizer', optimizerSupports)));

/** What is impossible about tensors of the model of `template`, if anything. */
export const impossible = (
  template: SviState,
  tensors: ReadonlyMap<string, RawTensor>,
): string | undefined => {
  const supports = supportsOf(template);
  for (const [name, { shape, values }] of tensors) {
    const support = supports.get(name) ?? real;
    const outside = firstOutside(values, shape, support);
    if (outside !== undefined) {
      return `its '${excerpt(name)}' should be ${support.words}, but holds ${showOutside(outside)}`;
    }
  }
  return undefined;
};
