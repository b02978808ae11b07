/** Images in rows and columns that have names, as SVG with the pixels in it. */
import { FONT, INK, QUIET, TYPE } from './style.js';
import { imageGrid } from './png.js';

/** Images that stand beside one another. */
export interface ImageRow {
  readonly label?: string;
  /** Levels of each image, 0 to 1, row-major; nothing where a place is left free. */
  readonly images: readonly (ArrayLike<number> | undefined)[];
}

export interface LabelledImages {
  readonly title: string;
  readonly subtitle?: string;
  /** The size of an image in pixels of its own. */
  readonly rows: number;
  readonly columns: number;
  /** Over each column. */
  readonly headings?: readonly string[];
  readonly lines: readonly ImageRow[];
  /** Pixels of the picture to one of an image. */
  readonly scale?: number;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** About the width of a text; letters differ, and there is nothing here to measure them by. */
const widthOf = (text: string, size: number): number => 0.56 * size * [...text].length;

interface Written {
  readonly at: readonly [x: number, y: number];
  readonly size: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

const words = (
  text: string,
  { at: [x, y], size, fill = INK, anchor = 'start', weight = 400 }: Written,
): string =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" ` +
  `font-weight="${weight}" font-family="${FONT}">${escaped(text)}</text>`;

const pixels = (image: ArrayLike<number>, rows: number, columns: number): string =>
  Buffer.from(
    imageGrid({
      images: Float32Array.from(image),
      count: 1,
      rows,
      columns,
      across: 1,
      gap: 0,
    }),
  ).toString('base64');

const PADDING = 16;
const GAP = 6;

/**
 * Images with the names of their rows and columns, as SVG text; a pixel is a square, whatever its size.
 *
 * @example
 * ```ts
 * const svg = labelledImages({
 *   title: 'Restored',
 *   rows: 1,
 *   columns: 2,
 *   lines: [{ label: 'corrupted', images: [[0, 1]] }, { label: 'restored', images: [[1, 1]] }],
 * });
 * svg.match(/<image/g)?.length; // 2
 * ```
 */
export const labelledImages = (picture: LabelledImages): string => {
  const { title, subtitle, rows, columns, headings = [], lines, scale = 2 } = picture;
  const [width, height] = [columns * scale, rows * scale];
  const labels = lines.map(({ label = '' }) => widthOf(label, TYPE.axis));
  const margin = Math.max(...labels);
  const left = PADDING + (margin > 0 ? Math.ceil(margin) + 12 : 0);
  const subtitled = subtitle === undefined ? 0 : TYPE.subtitle + 8;
  const head = PADDING + TYPE.title + subtitled + 14;
  const top = head + (headings.length > 0 ? TYPE.label + 8 : 0);
  const step = Math.max(
    width + GAP,
    ...headings.map((heading) => Math.ceil(widthOf(heading, TYPE.label)) + 10),
  );
  const across = Math.max(...lines.map(({ images }) => images.length), headings.length);
  const full = Math.max(
    left + across * step - (step - width) / 2 + PADDING,
    2 * PADDING + widthOf(title, TYPE.title + 1),
    2 * PADDING + widthOf(subtitle ?? '', TYPE.subtitle),
  );
  const tall = top + lines.length * (height + GAP) - GAP + PADDING;
  const x = (column: number): number => left + column * step + (step - width) / 2;
  const parts = [
    `<rect width="100%" height="100%" fill="white"/>`,
    words(title, { at: [PADDING, PADDING + TYPE.title], size: TYPE.title, weight: 600 }),
    ...(subtitle === undefined
      ? []
      : [
          words(subtitle, {
            at: [PADDING, PADDING + TYPE.title + subtitled],
            size: TYPE.subtitle,
            fill: QUIET,
          }),
        ]),
    ...headings.map((heading, i) =>
      words(heading, { at: [x(i) + width / 2, top - 6], size: TYPE.label, anchor: 'middle' }),
    ),
    ...lines.flatMap(({ label, images }, i) => {
      const y = top + i * (height + GAP);
      return [
        ...(label === undefined
          ? []
          : [words(label, { at: [left - 6, y + height / 2 + 4], size: TYPE.axis, anchor: 'end' })]),
        ...images.flatMap((image, j) =>
          image === undefined
            ? []
            : [
                `<image x="${x(j)}" y="${y}" width="${width}" height="${height}" ` +
                  `style="image-rendering:pixelated" image-rendering="optimizeSpeed" ` +
                  `href="data:image/png;base64,${pixels(image, rows, columns)}"/>`,
              ],
        ),
      ];
    }),
  ];
  const size = `width="${Math.ceil(full)}" height="${tall}" viewBox="0 0 ${Math.ceil(full)} ${tall}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${parts.join('')}</svg>\n`;
};
