/** Which batch axis each plate takes. */
import { SiteError, siteLabel } from '../refusals/error.js';
import type { Shape } from '../tensors/noise.js';
import type { PlateFrame } from './instruction.js';

/** A plate with its axis, negative, counted from the right of the batch axes. */
export interface PlacedPlate extends PlateFrame {
  readonly axis: number;
}

/**
 * Gives every plate around a site its axis: the one it asked for, or else, outermost first, the
 * rightmost that is free.
 */
export const placePlates = (
  site: string,
  plates: readonly PlateFrame[],
): readonly PlacedPlate[] => {
  const taken = new Map<number, string>();
  const claim = (plate: PlateFrame, axis: number): PlacedPlate => {
    const owner = taken.get(axis);
    if (owner !== undefined) {
      throw new SiteError({
        site: siteLabel(site),
        expected: `plates '${owner}' and '${plate.name}' on axes of their own`,
        received: owner === plate.name ? 'one plate entered twice' : `both on axis ${axis}`,
        cure: 'Enter each plate once around a site, and give crossed plates different axes.',
      });
    }
    taken.set(axis, plate.name);
    return { ...plate, axis };
  };
  const asked = plates.map((p) => (p.axis === undefined ? undefined : claim(p, p.axis)));
  return plates.map((p, i) => {
    let axis = -1;
    while (taken.has(axis)) axis -= 1;
    return asked[i] ?? claim(p, axis);
  });
};

/** The batch axes that the plates span, 1 where an axis between them is free. */
export const platesShape = (plates: readonly PlacedPlate[]): Shape => {
  const depth = Math.max(0, ...plates.map((p) => -p.axis));
  return Array.from(
    { length: depth },
    (_, i) => plates.find((p) => p.axis === i - depth)?.count ?? 1,
  );
};

/** The factor that scales a subsample's terms up to the full plates. */
export const plateScale = (plates: readonly PlateFrame[]): number =>
  plates.reduce((scale, p) => (scale * p.size) / p.count, 1);
