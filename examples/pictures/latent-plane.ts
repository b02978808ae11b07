/** Images at the points of the latent plane, with its axes. */
import { imageGrid } from './png.js';
import { FONT, INK, QUIET, TYPE } from './style.js';

export interface LatentPlane {
  readonly title: string;
  readonly subtitle?: string;
  /** Levels of `across` times `across` images, row by row from the top left, 0 to 1. */
  readonly images: Float32Array;
  readonly across: number;
  /** The size of an image in pixels. */
  readonly rows: number;
  readonly columns: number;
  /** Where along an axis a value of the code stands, from 0 to 1. */
  readonly place: (z: number) => number;
  readonly ticks: readonly number[];
  readonly names: readonly [across: string, up: string];
}

const [LEFT, BOTTOM, PADDING] = [64, 56, 16];
const SIDE = 560;

/**
 * The plane as SVG text, its pixels in it as a PNG.
 *
 * @example
 * ```ts
 * const svg = latentPlane({
 *   title: 'Decoded',
 *   images: Float32Array.of(0, 1, 1, 0),
 *   across: 2,
 *   rows: 1,
 *   columns: 1,
 *   place: (z) => (z + 2) / 4,
 *   ticks: [-1, 0, 1],
 *   names: ['z₁', 'z₂'],
 * });
 * svg.match(/<image/g)?.length; // 1
 * ```
 */
export const latentPlane = (plane: LatentPlane): string => {
  const { title, subtitle, images, across, rows, columns, place, ticks, names } = plane;
  const top = PADDING + TYPE.title + (subtitle === undefined ? 0 : TYPE.subtitle + 8) + 14;
  const [width, height] = [SIDE, Math.round((SIDE * rows) / columns)];
  const [right, bottom] = [LEFT + width, top + height];
  const text = (words: string, x: number, y: number, size: number, more = ''): string =>
    `<text x="${x}" y="${y}" font-size="${size}" font-family="${FONT}" fill="${INK}" ${more}>${words}</text>`;
  const png = imageGrid({ images, count: across * across, rows, columns, across, gap: 0 });
  const tick = (z: number): string => {
    const [x, y] = [LEFT + place(z) * width, bottom - place(z) * height];
    const label = String(z).replace('-', '−');
    return (
      `<path d="M${x} ${bottom}v6M${LEFT} ${y}h-6" stroke="${QUIET}"/>` +
      text(label, x, bottom + 20, TYPE.label, 'text-anchor="middle"') +
      text(label, LEFT - 10, y + 4, TYPE.label, 'text-anchor="end"')
    );
  };
  const parts = [
    '<rect width="100%" height="100%" fill="white"/>',
    text(title, PADDING, PADDING + TYPE.title, TYPE.title, 'font-weight="600"'),
    ...(subtitle === undefined
      ? []
      : [text(subtitle, PADDING, PADDING + TYPE.title + TYPE.subtitle + 8, TYPE.subtitle)]),
    `<image x="${LEFT}" y="${top}" width="${width}" height="${height}" ` +
      `href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`,
    ...ticks.map(tick),
    text(names[0], LEFT + width / 2, bottom + 42, TYPE.axis, 'text-anchor="middle"'),
    text(
      names[1],
      PADDING + 6,
      top + height / 2,
      TYPE.axis,
      `text-anchor="middle" transform="rotate(-90 ${PADDING + 6} ${top + height / 2})"`,
    ),
  ];
  const size = `width="${right + PADDING}" height="${bottom + BOTTOM}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${parts.join('')}</svg>\n`;
};
