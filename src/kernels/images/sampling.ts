/** What the pixels of a resized image are made of, along one axis. */
import type { Attributes } from '../kernel.js';

/** low + fraction (high − low). */
export interface Pixel {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** The pixels along an axis of `from` places that becomes one of `to`. */
export type Sampling = (from: number, to: number, attributes: Attributes) => readonly Pixel[];

/** Where pixel i lies: corners go to corners, or edges to edges. */
const places = (from: number, to: number, a: Attributes): readonly number[] => {
  const ratio = a['alignCorners'] === true && to > 1 ? (from - 1) / (to - 1) : from / to;
  const centre = a['halfPixelCenters'] === true ? 0.5 : 0;
  return Array.from({ length: to }, (_, i) => ratio * (i + centre));
};

export const nearest: Sampling = (from, to, a) =>
  places(from, to, a).map((place) => {
    const rounded = a['alignCorners'] === true ? Math.round(place) : Math.floor(place);
    const index = Math.min(from - 1, rounded);
    return { low: index, high: index, fraction: 0 };
  });

export const bilinear: Sampling = (from, to, a) =>
  places(from, to, a).map((centred) => {
    const place = a['halfPixelCenters'] === true ? centred - 0.5 : centred;
    const low = Math.max(0, Math.floor(place));
    return { low, high: Math.min(from - 1, Math.ceil(place)), fraction: place - low };
  });

/** [from, to], row by row: how much of each place of the image is in each pixel. */
export const shares = (from: number, pixels: readonly Pixel[]): readonly number[] =>
  Array.from({ length: from }, (_, i) =>
    pixels.map(
      ({ low, high, fraction }) => (low === i ? 1 - fraction : 0) + (high === i ? fraction : 0),
    ),
  ).flat();
