/** What combinators are made of: the only structure that a law shows. */
import type { Distribution, Family } from './distribution.js';
import type { Tensor } from '../tensors/tensor.js';

/** A family of what wraps another law: it has no parameters of its own. */
export const wrapped = (what: string, { family }: Distribution): Family => ({
  name: `${what}(${family.name})`,
  axes: {},
});

/** The laws that one is made of, first those that choose. */
export const partsOf = ({ structure }: Distribution): readonly Distribution[] => {
  if (structure === undefined) return [];
  if (structure._tag === 'parts') return structure.parts.map(({ law }) => law);
  return structure._tag === 'mixture' ? [structure.mixing, structure.component] : [structure.base];
};

/** The tensors that a distribution was made from: where its dependence on other sites shows. */
export const parametersOf = (d: Distribution): readonly Tensor[] => {
  const own = Object.values(d.parameters).flatMap((x) => (x === undefined ? [] : [x]));
  const { structure } = d;
  const added =
    structure?._tag === 'masked'
      ? [structure.mask]
      : structure?._tag === 'transformed'
        ? structure.parameters
        : [];
  return [...partsOf(d).flatMap(parametersOf), ...own, ...added];
};
