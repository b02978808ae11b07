/** What a run leaves behind: a picture for each series, everything measured as JSON, and where it was measured. */
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type FileError, saveFile } from 'marginalia/checkpoints';
import type { Series } from './catalogue.js';
import type { Environment } from './environment.js';
import type { Measured } from './measure.js';
import { costPicture } from './picture.js';
import { foundOf, rowsOf } from './rows.js';

/** A series as it was measured. */
export interface Grown {
  readonly series: Series;
  readonly points: readonly { readonly size: number; readonly measured: Measured }[];
}

const pictureOf = ({ series: { title, axis }, points }: Grown): Promise<Uint8Array> =>
  costPicture({
    title,
    axis,
    costs: points.flatMap(({ size, measured: { own, others } }) =>
      [own, ...others].map(({ peer, ms }) => ({ contender: peer, size, ms })),
    ),
  });

/** One case in figures. Times are milliseconds a step; memory is that of the process. */
const figuresOf = (measured: Measured) => {
  const { of, own, others, absent } = measured;
  const products = foundOf(others, 'matmul');
  const hand = foundOf(others, 'hand');
  return {
    case: of.name,
    title: of.title,
    samplesPerSecond: (of.visited * 1000) / own.ms,
    ...(products && { matrixProductsShare: products.ms / own.ms }),
    ...(hand && { languageOverHand: own.ms / hand.ms }),
    rows: rowsOf(measured),
    contenders: [own, ...others],
    absent,
  };
};

/** Files by name, with what is in each. */
type Files = readonly (readonly [string, string | Uint8Array])[];

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const save = async (out: string, files: Files): Promise<E.Either<FileError, readonly string[]>> => {
  const paths: string[] = [];
  for (const [name, content] of files) {
    const path = join(out, name);
    const saved = await saveFile(path, content)();
    if (E.isLeft(saved)) return saved;
    paths.push(path);
  }
  return E.right(paths);
};

/** Writes where figures come from, and returns the paths. */
export const writeEnvironment = (
  out: string,
  found: Environment & { readonly seconds: number; readonly load: unknown },
): Promise<E.Either<FileError, readonly string[]>> =>
  save(out, [['environment.json', json(found)]]);

/** Writes into the folder and returns the paths, each file whole or not at all. */
export const writeFiles = async (
  out: string,
  cases: readonly Measured[],
  grown: readonly Grown[],
): Promise<E.Either<FileError, readonly string[]>> => {
  const metrics = {
    cases: cases.map(figuresOf),
    series: grown.map(({ series: { name, title }, points }) => ({
      series: name,
      title,
      points: points.map(({ size, measured }) => ({ size, ...figuresOf(measured) })),
    })),
  };
  const pictures: [string, Uint8Array][] = [];
  for (const one of grown) pictures.push([`${one.series.name}.png`, await pictureOf(one)]);
  return save(out, [['metrics.json', json(metrics)], ...pictures]);
};
