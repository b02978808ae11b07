/** Numbers in text files, plain or packed by gzip. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Refusal } from '../command-line/refusal.js';

/** Some fifty times the largest file, in bytes: what unpacks to more is another. */
const MOST = 2 ** 24;

const textOf = (path: string): string => {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MOST }) : bytes).toString(
      'utf8',
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const packed = path.endsWith('.gz') ? ' packed by gzip' : '';
    throw new Refusal(
      `${path}: expected rows of numbers${packed}, got "${reason}"; copy it again.`,
    );
  }
};

/** The rows of a table: the same number of numbers in each, after some lines of headings. */
export const numbersIn = (
  path: string,
  { width, headings }: { readonly width: number; readonly headings: number },
): readonly (readonly number[])[] => {
  const rows = textOf(path)
    .trim()
    .split('\n')
    .slice(headings)
    .map((line) => line.split(',').map(Number));
  if (
    rows.length === 0 ||
    rows.some((row) => row.length !== width || !row.every(Number.isFinite))
  ) {
    throw new Refusal(`${path}: expected rows of ${width} numbers.`);
  }
  return rows;
};
