/** Single elements of the tensors of a run: which particle, plate elements and entry they belong to. */
import type { Distribution, Tensor } from '../../dsl/index.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';

/** The place of an element among a run's axes. */
export interface Place {
  readonly particle?: number;
  /** The index along each plate by name. */
  readonly plates: Readonly<Record<string, number>>;
  /** Its index within one event; empty for a scalar event. */
  readonly entry: readonly number[];
}

/** A flat, row-major position as an index along each axis. */
export const indexOf = (shape: readonly number[], flat: number): readonly number[] =>
  shape.map((n, i) => Math.floor(flat / shape.slice(i + 1).reduce((a, b) => a * b, 1)) % n);

/** What the index of an element of `[...plates, ...event]` means. */
export const placeOf = (
  index: readonly number[],
  eventRank: number,
  plates: readonly PlacedPlate[],
): Omit<Place, 'particle'> => {
  const batch = index.slice(0, index.length - eventRank);
  return {
    plates: Object.fromEntries(
      plates.flatMap((p) => {
        const at = batch[batch.length + p.axis];
        // Of a subsample, which of all elements it is.
        return at === undefined ? [] : [[p.name, p.indices?.dataSync()[at] ?? at]];
      }),
    ),
    entry: index.slice(index.length - eventRank),
  };
};

/** The numbers of `x` at an index of its axes, aligned from the right, that leaves out the last `own`. */
export const valuesAt = (x: Tensor, batch: readonly number[], own: number): readonly number[] => {
  const shape = x.shape.slice(0, Math.max(0, x.rank - own));
  const size = x.shape.slice(shape.length).reduce((a, b) => a * b, 1);
  const row = shape.reduce((flat, n, axis) => {
    const at = batch[batch.length - shape.length + axis] ?? 0;
    return flat * n + (n === 1 ? 0 : at);
  }, 0);
  return Array.from(x.dataSync().subarray(row * size, (row + 1) * size));
};

/** A tensor that a distribution was made from, and how many of its last axes belong to one law. */
export interface NamedParameter {
  readonly name: string;
  readonly tensor: Tensor;
  readonly own: number;
}

const ofOwn = ({ parameters, family: { axes } }: Distribution): readonly NamedParameter[] =>
  Object.entries(parameters).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [{ name, tensor, own: axes[name] ?? 0 }],
  );

/** Those of a distribution inside a combinator, which has more axes there than the whole has in its batch. */
const inside = (d: Distribution, more: number): readonly NamedParameter[] =>
  namedParameters(d).map((p) => ({ ...p, own: p.own + more }));

/** Parameters by name, those of distributions inside a combinator among them. */
export const namedParameters = (d: Distribution): readonly NamedParameter[] => {
  const { structure } = d;
  switch (structure?._tag) {
    case undefined:
      return ofOwn(d);
    case 'independent':
      return inside(structure.base, structure.rank);
    case 'expanded':
      return namedParameters(structure.base);
    case 'masked':
      return [...namedParameters(structure.base), { name: 'mask', tensor: structure.mask, own: 0 }];
    case 'partly': {
      const { base, value, where } = structure;
      const known = [
        { name: 'value', tensor: value, own: 0 },
        { name: 'where', tensor: where, own: 0 },
      ];
      return [...namedParameters(base), ...known];
    }
    case 'transformed':
      return [
        ...namedParameters(structure.base),
        ...structure.parameters.map((tensor, i) => ({ name: `parameters[${i}]`, tensor, own: 0 })),
      ];
    case 'mixture':
      return [...namedParameters(structure.mixing), ...inside(structure.component, 1)];
    case 'parts':
      return [...ofOwn(d), ...structure.parts.flatMap(({ law, axes }) => inside(law, axes))];
  }
};
