/** Which elements plates visit: read off a run that is no step, for it waits for values. */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { PlateFrame } from '../../../dsl/program/instruction.js';
import { isRecording } from '../../compile/recording/recorder.js';

/** What lies in plates, by name. */
interface Placed {
  readonly name: string;
  readonly plates: readonly PlateFrame[];
}

/** Throws a `SiteError` where a plate is given indices that it has not. */
const checkIndices = (sites: readonly Placed[]): void => {
  const plates = new Map(
    sites.flatMap((s) =>
      s.plates.flatMap((p) => (p.indices === undefined ? [] : [[p.indices, p] as const])),
    ),
  );
  for (const [indices, { name, size }] of plates) {
    const outside = indices.dataSync().find((i) => i < 0 || i >= size);
    if (outside === undefined) continue;
    throw new SiteError({
      site: `plate '${name}'`,
      expected: `indices from 0 to ${size - 1}`,
      received: String(outside),
      cure: 'Count elements from 0, and give size the full number of elements.',
    });
  }
};

const elementsOf = ({ indices, size }: PlateFrame): ArrayLike<number> =>
  indices?.dataSync() ?? Int32Array.from({ length: size }, (_, i) => i);

/** The first place of a plate at which two visits have another element; −1 where there is none. */
const firstApart = (a: PlateFrame, b: PlateFrame): number => {
  // Those that the engine draws are the same by name.
  if (a.drawn === b.drawn && (a.drawn === true || a.indices === b.indices)) return -1;
  if (a.drawn !== b.drawn) return 0;
  const other = elementsOf(b);
  return Array.from(elementsOf(a)).findIndex((element, i) => element !== other[i]);
};

/** How many elements a message names. */
const NAMED = 3;

const shown = (plate: PlateFrame, from: number): string => {
  if (plate.drawn === true) return 'those that the engine draws';
  const elements = Array.from(elementsOf(plate)).slice(from);
  return `${elements.slice(0, NAMED).join(', ')}${elements.length > NAMED ? ', …' : ''}${from > 0 ? ` at place ${from}` : ''}`;
};

/** One plate that visits other elements in the guide than in the model, around one site. */
export interface PlateDifference {
  readonly site: string;
  readonly plate: string;
  readonly model: string;
  readonly guide: string;
}

/** Where model and guide visit other elements of a plate whose size and count they agree on. */
export const plateDifferences = (
  model: readonly Placed[],
  guide: readonly Placed[],
): readonly PlateDifference[] => {
  if (isRecording()) return [];
  const drawn = new Map(guide.map((q) => [q.name, q]));
  return model.flatMap((site) =>
    site.plates.flatMap((p): readonly PlateDifference[] => {
      const q = drawn.get(site.name)?.plates.find(({ name }) => name === p.name);
      if (q === undefined || q.size !== p.size || q.count !== p.count) return [];
      const at = firstApart(p, q);
      return at < 0
        ? []
        : [{ site: site.name, plate: p.name, model: shown(p, at), guide: shown(q, at) }];
    }),
  );
};

/** Throws a `SiteError` where one program visits other elements of a plate at one site than at another. */
const checkOnce = (sites: readonly Placed[], role: string): void => {
  const first = new Map<string, readonly [string, PlateFrame]>();
  for (const s of sites) {
    for (const p of s.plates) {
      const [other, before] = first.get(p.name) ?? [s.name, p];
      first.set(p.name, [other, before]);
      const sizes = before.size !== p.size || before.count !== p.count;
      const at = sizes ? 0 : firstApart(before, p);
      if (at < 0) continue;
      const visit = (plate: PlateFrame): string =>
        sizes ? `${plate.count} of ${plate.size}` : shown(plate, at);
      throw new SiteError({
        site: `plate '${p.name}' of the ${role}`,
        expected: `the same elements at ${siteLabel(s.name)} as at ${siteLabel(other)}, ${visit(before)}`,
        received: visit(p),
        cure: 'Give the same indices at every visit, and a plate of other elements a name of its own.',
      });
    }
  }
};

/** Throws a `SiteError` where a plate of a program cannot be what it says. */
export const checkPlates = (model: readonly Placed[], guide: readonly Placed[]): void => {
  // An objective that looks into its programs, as sleep-phase φ does, does so while it is compiled too.
  if (isRecording()) return;
  checkIndices([...guide, ...model]);
  checkOnce(guide, 'guide');
  checkOnce(model, 'model');
};
