/** Draws of the guide, and whether the model's sites can have them for values. */
import { sameShape } from '../../../dsl/tensors/shape.js';
import type { SampleInstruction } from '../../../dsl/program/instruction.js';
import type { PlacedPlate } from '../../../dsl/program/layout.js';
import type { SampleRecord, SiteRecord } from '../../interpreters/record.js';

/** The latent sites of a run, by name. */
export const latentsOf = (records: readonly SiteRecord[]): ReadonlyMap<string, SampleRecord> =>
  new Map(
    records.flatMap((r) => (r.kind === 'sample' && r.origin !== 'observed' ? [[r.name, r]] : [])),
  );

/** Whether the guide's value has the shape that the model's site needs. */
export const fitsIn = (
  q: SampleRecord,
  i: SampleInstruction,
  plates: readonly PlacedPlate[],
): boolean =>
  sameShape(q.distribution.eventShape, i.distribution.eventShape) &&
  q.plates.length === plates.length &&
  q.plates.every((p, n) => {
    const own = plates[n];
    return own?.name === p.name && own.count === p.count && own.axis === p.axis;
  });
