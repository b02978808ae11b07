/** Checks of plates and minibatches: which rows meet which, and how often a term counts. */
import { siteLabel } from '../../../dsl/refusals/error.js';
import { isRowPlate } from '../examination.js';
import { type Rule, listed, short } from './rule.js';

const atPlate = (name: string): string => `plate '${name}'`;

/**
 * A plate that takes its batch for the whole data set weighs what lies outside it too much. Without
 * anything outside, the bound is that of the batch, and only its unit differs.
 */
export const unscaledMinibatch: Rule = {
  severity: 'warning',
  inFit: 'anyPhase',
  check: (e) => {
    const { structure, rows } = e;
    if (rows === undefined) return [];
    const sites = structure.model;
    const outermost = new Map(
      sites.flatMap((s) =>
        s.kind === 'latent' ? [] : s.plates.slice(0, 1).map((p) => [p.name, p] as const),
      ),
    );
    const unscaled = [...outermost.values()].filter((p) => isRowPlate(p, e));
    if (unscaled.length === 0) return [];
    // A loss that is summed over the batch by hand is on the batch's scale, wherever it stands.
    const summed = new Set(e.factors().flatMap((f) => (f.readsBatch ? [f.name] : [])));
    return unscaled.flatMap((p) => {
      const outside = [
        ...sites
          .filter((s) => !s.plates.some((q) => q.name === p.name) && !summed.has(s.name))
          .map((s) => s.name),
        ...e.fixedPenalties(),
      ];
      return outside.length === 0
        ? []
        : [
            {
              site: atPlate(p.name),
              found: `its size is ${p.size}, that of the batch, of ${rows} rows; ${listed(outside)} outside it ${outside.length === 1 ? 'counts' : 'count'} ${short(rows / p.size)} times too much`,
              cure: `Give it the size of the data: plate('${p.name}', { size: ${rows}, subsample: ${p.count} }, …), or indices.`,
            },
          ];
    });
  },
};

const CARRY = "Carry the rows' numbers in the batch and pass them as the plate's indices";

/** Parameters and constants of one element each meet data of others. */
export const unalignedPlate: Rule = {
  severity: 'error',
  inFit: 'anyPhase',
  check: ({ plates, sites, structure, placed, rows }) => [
    ...plates()
      .filter((p) => p.drawn && p.params.length > 0)
      .flatMap((p) => {
        const apart = sites().filter(
          (s) =>
            s.kind === 'observed' &&
            !s.follows.includes(p.name) &&
            structure.model.some(
              (m) => m.name === s.name && m.plates.some((q) => q.name === p.name),
            ),
        );
        return apart.map((s) => ({
          site: siteLabel(s.name),
          found: `its data do not follow the elements that ${atPlate(p.name)} draws, and ${listed(p.params)} ${p.params.length > 1 ? 'have' : 'has'} a value for each: rows of parameters meet other rows of data`,
          cure: `${CARRY}, or gather the data at the indices that the plate gives its body.`,
        }));
      }),
    ...placed().map(({ role, site, plate }) => {
      const p = plates().find(({ name }) => name === plate);
      const params = p === undefined || p.params.length === 0 ? [] : p.params;
      return {
        site: siteLabel(site),
        found: `in the ${role} its terms go by the place of a row in the batch of ${p?.count ?? 0}, of ${rows ?? 0} shuffled rows, for ${
          params.length === 0 ? 'some constant or parameter' : listed(params)
        } ${params.length > 1 ? 'have' : 'has'} a value for each place of ${atPlate(plate)}: it meets other rows in every batch`,
        cure: `${CARRY}: plate('${plate}', { size: ${rows ?? 0}, indices }, …). Gather what is known of each row at them, or carry it in the batch.`,
      };
    }),
  ],
};

export const pooledPlate: Rule = {
  severity: 'error',
  check: ({ pooled }) =>
    pooled().map(({ role, plate, site }) => ({
      site: siteLabel(site),
      found: `in the ${role} its elements depend on other elements of ${atPlate(plate)}, which the engine takes to be independent`,
      cure: 'Pool outside the plate, from values that the plate returns.',
    })),
};

/** One number that stands for all elements of a plate is added for each of them. */
export const repeatedFactor: Rule = {
  severity: 'warning',
  inFit: 'anyPhase',
  check: ({ factors, structure }) =>
    factors()
      .filter((f) => f.sameAlong.length > 0 && f.varies)
      .map(({ name, sameAlong }) => {
        const plates = structure.model.find((s) => s.name === name)?.plates ?? [];
        const times = plates
          .filter((p) => sameAlong.includes(p.name))
          .reduce((product, p) => product * p.size, 1);
        return {
          site: siteLabel(name),
          found: `it is one number for all elements of plate ${listed(sameAlong)}, and counts once for each: ${times} times`,
          cure: 'Give a number for each element, as a loss per datum has before it is summed, or put it outside the plate.',
        };
      }),
};
