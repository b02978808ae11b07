/** Evidence from both sides where it is known: probabilistic principal components. */
import {
  type Bracket,
  type Key,
  bracketPlot,
  key as keyOf,
  showBackendError,
  showBracket,
  useBackend,
} from 'marginalia';
import { checkpointOf } from '../command-line/fit-in-folder.js';
import { METRICS, inOutFolder } from '../command-line/out-folder.js';
import { orRefuse } from '../command-line/refusal.js';
import { run } from '../command-line/run.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { type Rows, loadRows } from './data.js';
import { largestLikelihood } from './exact.js';
import { FIT, fitPpca } from './fit-ppca.js';
import { type Options, readOptions } from './options.js';

const figuresOf = (bracket: Bracket, exact: number) => ({
  lower: bracket.lower,
  upper: bracket.upper,
  encloses: bracket.lower.nats <= exact && exact <= bracket.upper.nats,
  gapBelowPerDatum: (exact - bracket.lower.nats) / bracket.elements,
  gapAbovePerDatum: (bracket.upper.nats - exact) / bracket.elements,
  largestParetoK: bracket.evidence.paretoK.reduce((a, b) => Math.max(a, b), -Infinity),
  bounds: bracket.bounds.map(({ name, side, holds, total, totalStandardError }) => ({
    name,
    side,
    holds,
    total,
    totalStandardError,
  })),
});

const job = async (options: Options, rows: Rows, key: Key, backend: string): Promise<number> => {
  const { exact, bracket, sureBracket, trainSeconds } = await fitPpca(rows, key, options);
  const data = Array.from({ length: rows.count }, (_, i) => [
    ...rows.values.subarray(i * rows.width, (i + 1) * rows.width),
  ]);
  const largest = largestLikelihood(data, options.latent);
  console.log(
    `${rows.count} data of ${rows.width} numbers (${rows.source}), ${options.latent} components.\n` +
      `log p(data) exactly: ${exact.toFixed(3)} nats, ${(exact / rows.count).toFixed(4)} per datum; ` +
      `largest of any such model: ${largest.toFixed(4)} per datum.\n`,
  );
  console.log(`${showBracket(sureBracket)}\n`);
  const metrics = {
    unit: 'nats',
    data: rows.source,
    count: rows.count,
    logEvidence: exact,
    logEvidencePerDatum: exact / rows.count,
    largestLogLikelihoodPerDatum: largest,
    bracket: figuresOf(bracket, exact),
    bracketWithExactDraws: figuresOf(sureBracket, exact),
    trainSeconds,
    backend,
    options,
  };
  const title = `Probabilistic PCA, ${rows.source}, ${options.latent} components`;
  await writeResults(options.out, {
    'bracket.svg': bracketPlot(sureBracket, { title, exact }),
    [METRICS]: asJson(metrics),
  });
  console.log(`See ${options.out}.`);
  return 0;
};

await run(readOptions(process.argv.slice(2)), async (options) => {
  const backend = orRefuse(await useBackend('best')(), showBackendError);
  const key = keyOf(options.seed);
  const rows = loadRows(options.data, key);
  return inOutFolder(options, [checkpointOf(FIT)], () => job(options, rows, key, backend));
});
