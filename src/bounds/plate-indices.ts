/** Whether the indices of plates lie in them: read off a run that is no step, for it waits for values. */
import { SiteError } from '../../dsl/index.js';
import { isTracing } from '../compile/tracer.js';
import type { PlateFrame } from '../../dsl/program/instruction.js';

/** Throws a `SiteError` where a plate is given indices that it has not. */
export const checkIndices = (
  sites: readonly { readonly plates: readonly PlateFrame[] }[],
): void => {
  // An objective that looks into its programs, as sleep-phase φ does, does so while it is compiled too.
  if (isTracing()) return;
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
