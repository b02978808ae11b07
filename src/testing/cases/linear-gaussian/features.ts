/** What a linear-Gaussian case has, in the field's words. */
import type { Feature } from '../bound-case.js';
import { type LinearNetwork, isWithin } from './network/linear-network.js';

/** The correlation and the gap, in nats, from which they are called strong and large. */
const [STRONG, LARGE] = [0.5, 1];

const isNested = ({ nodes }: LinearNetwork): boolean => nodes.some((n) => n.plates.length > 1);

/** Whether two plates have a site in both, and each one in it and not in the other. */
const isCrossed = ({ plates, nodes }: LinearNetwork): boolean =>
  plates.some((a) =>
    plates.some((b) => {
      const has = (inA: boolean, inB: boolean): boolean =>
        nodes.some((n) => n.plates.includes(a.name) === inA && n.plates.includes(b.name) === inB);
      return a.name < b.name && has(true, true) && has(true, false) && has(false, true);
    }),
  );

/** Whether every site lies in one plate. */
const isAllInPlate = ({ plates, nodes }: LinearNetwork): boolean =>
  plates.some((p) => nodes.every((n) => isWithin([p.name], n.plates)));

/** What the case has beside its networks. */
interface Measured {
  readonly correlation: number;
  readonly gap: number;
  readonly hasRows: boolean;
  readonly isRagged: boolean;
}

export const featuresOf = (
  model: LinearNetwork,
  guide: LinearNetwork,
  { correlation, gap, hasRows, isRagged }: Measured,
): readonly Feature[] => {
  const roles = model.nodes.map((n) => n.role);
  const found: readonly (readonly [Feature, boolean])[] = [
    ['continuous', true],
    ['plate', model.plates.length > 0],
    ['nested plates', isNested(model) && !isCrossed(model)],
    ['ragged plate', isRagged],
    ['crossed plates', isCrossed(model)],
    ['subsampled plate', hasRows],
    ['all sites in a plate', isAllInPlate(model)],
    ['mask', roles.some((r) => r.kind === 'observed' && r.kept !== undefined)],
    ['factor', roles.some((r) => r.kind === 'factor')],
    ['model parameters', model.nodes.some((n) => n.learned !== undefined)],
    ['guide parameters', guide.nodes.some((n) => n.learned !== undefined)],
    ['strong correlation', correlation > STRONG],
    ['large gap', gap > LARGE],
  ];
  return found.flatMap(([feature, has]) => (has ? [feature] : []));
};
