/** The data of the example: drawn from a model of its own, or 8x8 digits from a file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Key, foldIn, normals } from 'marginalia';
import { Refusal } from '../command-line/refusal.js';

export interface Rows {
  readonly values: Float32Array;
  readonly count: number;
  readonly width: number;
  readonly source: string;
}

const PIXELS = 64;

/** 500 data of 16 numbers on three components, with noise of standard deviation ½. */
const generatedRows = (key: Key): Rows => {
  const [count, width, latent] = [500, 16, 3];
  const weights = normals(foldIn(key, 'weights'), width * latent);
  const codes = normals(foldIn(key, 'codes'), count * latent);
  const values = normals(foldIn(key, 'noise'), count * width).map((e, flat) => {
    const [row, column] = [Math.floor(flat / width), flat % width];
    const signal = Array.from(
      { length: latent },
      (_, k) => (codes[row * latent + k] ?? 0) * (weights[column * latent + k] ?? 0),
    );
    return 0.5 * e + signal.reduce((a, b) => a + b, 0);
  });
  return { values, count, width, source: 'generated data' };
};

/** Some fifty times the file, in bytes: what unpacks to more is another. */
const MOST = 2 ** 24;

const unpacked = (path: string): string => {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: MOST }).toString('utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(`${path}: expected digits packed by gzip, got "${reason}"; copy it again.`);
  }
};

/** The 8x8 optical digits (`digits.csv.gz`: 64 pixels from 0 to 16, then a label), pixels from 0 to 1. */
const digitRows = (path: string): Rows => {
  const lines = unpacked(path).trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  if (rows.some((row) => row.length !== PIXELS + 1 || !row.every((x) => Number.isFinite(x)))) {
    throw new Refusal(`${path}: expected rows of ${PIXELS} numbers and a label.`);
  }
  const values = Float32Array.from(rows.flatMap((row) => row.slice(0, PIXELS).map((x) => x / 16)));
  return { values, count: rows.length, width: PIXELS, source: 'optical digits' };
};

/** The rows that the command line asked for. */
export const loadRows = (folder: string | undefined, key: Key): Rows => {
  if (folder === undefined) return generatedRows(foldIn(key, 'data'));
  const paths = ['digits.csv.gz', 'tabular/digits.csv.gz'].map((name) => join(folder, name));
  const path = paths.find((p) => existsSync(p));
  if (path === undefined) throw new Refusal(`${folder}: expected digits.csv.gz in this folder.`);
  return digitRows(path);
};
