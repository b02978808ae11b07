/** Reductions in operators of ONNX: sums in stages where they are long, truth in the order of 0 and 1. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axesOf } from '../../graph/attributes.js';
import { type Site, type Translation, int } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { FEW_TERMS, around, isLongSum, longSum, runsOf } from '../../code/onnx/long-sums.js';
import { reshaped } from '../../code/onnx/moves.js';

export const axesOfSite = ({ value, attributes }: Site): readonly number[] =>
  axesOf(attributes['axis'] ?? attributes['reductionIndices'], value('x').shape);

/** A reduction of something that stands for x. */
export const reduced = (site: Site, op: string, x: string): string => {
  const { b, attributes } = site;
  const axes = axesOfSite(site);
  if (axes.length === 0) return b.op('Identity', [x]);
  return b.op(op, [x, b.ints(axes)], { keepdims: int(attributes['keepDims'] === true) });
};

/** The sum of float32, in stages where it is long. */
export const sumInStages = (site: Site, x: string): string | undefined => {
  const { b, out } = site;
  const { shape } = site.value('x');
  const axes = axesOfSite(site);
  const terms = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const runs = runsOf(axes);
  const long = runs.some((run) => isLongSum(around(shape, run)));
  if ((!long && !(runs.length > 1 && terms > FEW_TERMS)) || sizeOf(shape) === 0) return undefined;
  // The last run first, so that the axes before it keep their numbers.
  const [sum] = runs.reduce<readonly [string, readonly number[]]>(
    ([so, left], run) => {
      const three = around(left, run);
      const rest = left.filter((_, axis) => !run.includes(axis));
      const next = isLongSum(three)
        ? longSum(b, so, three)
        : b.op('ReduceSum', [reshaped(b, so, left), b.ints(run)], { keepdims: int(false) });
      return [next, rest];
    },
    [x, shape],
  );
  return reshaped(b, sum, out.shape);
};

/** Whether there is nothing to reduce. */
export const hasNothing = (site: Site): boolean => sizeOf(site.value('x').shape) === 0;

/** Truth values in the order of 0 and 1. */
export const ordered = ({ b, at, value }: Site): string =>
  value('x').dtype === 'bool' ? cast(b, at('x'), 'int32') : at('x');

/** A reduction that has no value where there is nothing to reduce. */
export const extremeBy =
  (op: string): Translation =>
  (site) => {
    if (hasNothing(site)) return undefined;
    const found = reduced(site, op, ordered(site));
    return site.out.dtype === 'bool' ? cast(site.b, found, 'bool') : found;
  };
