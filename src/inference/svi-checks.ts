/** What `svi` checks before the first step and relies on after it. */
import { SiteError, type Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/records/dictionary.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import type { Carry } from '../bounds/carry.js';
import type { Params } from '../interpreters/params.js';

/** Looks a parameter up; one that was not there at the first visit would never be trained. */
export const knownParameter =
  (params: Params) =>
  (i: ParamInstruction): Tensor => {
    const found = entryOf(params, i.name);
    if (found === undefined) {
      throw new SiteError({
        site: `param '${i.name}'`,
        expected: 'a parameter that was there when training began',
        received: 'a new one',
        cure: 'Visit the same parameters on every run; their names must not depend on data.',
      });
    }
    return found;
  };

const showCarry = (carry: Carry): string =>
  Object.entries(carry)
    .map(([name, { shape, dtype }]) => `${name} ${dtype} ${showShape(shape)}`)
    .join(', ') || 'nothing';

/** What an estimate remembers for the next step: as much as was remembered before. */
export const nextCarry = (before: Carry, after: Carry = before): Carry => {
  const fits =
    Object.keys(after).length === Object.keys(before).length &&
    Object.entries(before).every(([name, { shape }]) => {
      const next = entryOf(after, name);
      return next?.dtype === 'float32' && sameShape(next.shape, shape);
    });
  if (fits) return after;
  throw new SiteError({
    site: 'the carry of the objective',
    expected: showCarry(before),
    received: showCarry(after),
    cure: 'Return from `estimate` what `carry` made: the same names, in the same shapes, float32.',
  });
};
