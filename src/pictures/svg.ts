/** Pieces of pictures, as SVG text. */

export const INK = '#333333';
export const FAINT = '#e8e8e8';
const FONT = 'DejaVu Sans, Helvetica, Arial, sans-serif';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** How text is set. */
export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
}

/** A piece of text; `y` is its base line. */
export const textAt = (
  x: number,
  y: number,
  content: string,
  { size = 12, anchor = 'start', fill = INK }: TextStyle = {},
): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escaped(content)}</text>`;

/** A line from (x1, y1) to (x2, y2). */
export const lineAt = (
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  stroke: string,
  width = 1,
  dash = '',
): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}" stroke-width="${width}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;

/** A step of 1, 2 or 5 times a power of ten that gives about five ticks. */
export const tickStep = (span: number): number => {
  const power = 10 ** Math.floor(Math.log10(span / 5));
  const times = span / 5 / power;
  return power * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
};

/** A whole picture of some pieces, on white. */
export const picture = (width: number, height: number, pieces: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...pieces,
    '</svg>',
    '',
  ].join('\n');
