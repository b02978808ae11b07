/** What a run leaves behind: a picture for each series, and everything measured as JSON. */
import { availableParallelism, cpus, platform } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type FileError, saveFile } from 'marginalia';
import type { Series } from './catalogue.js';
import type { Measured } from './measure.js';
import { costPicture } from './picture.js';
import { fastest, rowsOf } from './rows.js';

/** A series as it was measured. */
export interface Grown {
  readonly series: Series;
  readonly points: readonly { readonly size: number; readonly measured: Measured }[];
}

const pictureOf = ({ series: { title, axis }, points }: Grown): Promise<Uint8Array> =>
  costPicture({
    title,
    axis,
    costs: points.flatMap(({ size, measured: { own, others } }) => {
      const peers = [...new Set(others.map(({ peer }) => peer))];
      return [own, ...peers.flatMap((peer) => fastest(others, peer) ?? [])].map((found) => ({
        contender: found.peer,
        size,
        ms: found.ms,
      }));
    }),
  });

const machine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  platform: platform(),
  node: process.version,
});

/** One case in figures. Times are milliseconds a step, medians; memory is that of the process. */
const figuresOf = (measured: Measured) => {
  const { of, own, others, absent } = measured;
  const products = fastest(others, 'matmul');
  const hand = fastest(others, 'hand');
  return {
    case: of.name,
    title: of.title,
    ms: own.ms,
    samplesPerSecond: (of.visited * 1000) / own.ms,
    compileMs: own.compileMs,
    peakBytes: own.peakBytes,
    ...(products && { matrixProductsShare: products.ms / own.ms }),
    ...(hand && { languageOverHand: own.ms / hand.ms }),
    peers: rowsOf(measured).map(({ peer, ms, ratio }) => ({ peer, ms, ratio })),
    settings: others.map(({ peer, says, ms, peakBytes, verdict }) => ({
      peer,
      says,
      ms,
      peakBytes,
      ...(verdict && { loss: verdict }),
    })),
    absent,
  };
};

/** Writes into the folder and returns the paths, each file whole or not at all. */
export const writeFiles = async (
  out: string,
  rounds: number,
  cases: readonly Measured[],
  grown: readonly Grown[],
): Promise<E.Either<FileError, readonly string[]>> => {
  const metrics = {
    machine: machine(),
    rounds,
    cases: cases.map(figuresOf),
    series: grown.map(({ series: { name, title }, points }) => ({
      series: name,
      title,
      points: points.map(({ size, measured }) => ({ size, ...figuresOf(measured) })),
    })),
  };
  const files: (readonly [string, string | Uint8Array])[] = [
    ['metrics.json', `${JSON.stringify(metrics, null, 2)}\n`],
  ];
  for (const one of grown) files.push([`${one.series.name}.png`, await pictureOf(one)]);
  const paths: string[] = [];
  for (const [name, content] of files) {
    const path = join(out, name);
    const saved = await saveFile(path, content)();
    if (E.isLeft(saved)) return saved;
    paths.push(path);
  }
  return E.right(paths);
};
