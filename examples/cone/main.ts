/** Bounds on the evidence of a cone: reached values beside published ones and the exact ceiling. */
import { foldIn, key as keyOf, useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { randomUniform } from 'marginalia/random';
import { checkpointOf } from '../command-line/fit-in-folder.js';
import { METRICS, inOutFolder } from '../command-line/out-folder.js';
import { orRefuse } from '../command-line/refusal.js';
import { run } from '../command-line/run.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { exactDraws, exactLogEvidence } from './evidence.js';
import { type ConeFit, coneFits } from './fits.js';
import { type Measured, trainAndMeasure } from './measure.js';
import { type Options, readOptions } from './options.js';
import { ringPicture } from './picture.js';

const HEIGHT = 5;
const DRAWN = 1500;

const nats = (x: number): string => x.toFixed(3);

const publishedOf = ({ published }: ConeFit): string => {
  if (published === undefined) return '';
  const [low, high] = published;
  return low === high ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
};

const line = (title: string, found: string, published: string): string =>
  `${title.padEnd(38)}${found.padEnd(20)}${published}`.trimEnd();

const job = async (options: Options): Promise<number> => {
  const key = keyOf(options.seed);
  const ceiling = exactLogEvidence(HEIGHT);
  console.log(line('bound on log p(z = 5), nats', 'reached', 'published'));
  const found: (ConeFit & Measured)[] = [];
  for (const one of coneFits(options.steps)) {
    const measured = await trainAndMeasure(one, HEIGHT, foldIn(key, one.name), options, DRAWN);
    found.push({ ...one, ...measured });
    const { bound, standardError } = measured;
    console.log(line(one.title, `${nats(bound)} ± ${standardError.toFixed(4)}`, publishedOf(one)));
  }
  console.log(line('log evidence, by quadrature', nats(ceiling), ''));
  const picture = await ringPicture([
    {
      title: 'Posterior',
      subtitle: `log evidence ${nats(ceiling)} nats`,
      draws: exactDraws(HEIGHT, randomUniform(foldIn(key, 'exact'), 2 * DRAWN)),
    },
    ...found.map(({ title, bound, draws }) => ({
      title,
      subtitle: `bound ${nats(bound)} nats`,
      draws,
    })),
  ]);
  const metrics = {
    unit: 'nats',
    logEvidence: ceiling,
    bounds: Object.fromEntries(
      found.map(
        ({ name, title, published, bound, standardError, params, derivation, trainSeconds }) => [
          name,
          {
            title,
            bound,
            standardError,
            published,
            gap: ceiling - bound,
            params,
            trainSeconds,
            derivation,
          },
        ],
      ),
    ),
    options,
  };
  await writeResults(options.out, { 'cone.svg': picture, [METRICS]: asJson(metrics) });
  console.log(`See ${options.out}.`);
  return 0;
};

await run(readOptions(process.argv.slice(2)), async (options) => {
  orRefuse(await useBackend('best')(), showBackendError);
  const checkpoints = coneFits(options.steps).map(({ name }) => checkpointOf(name));
  return inOutFolder(options, checkpoints, () => job(options));
});
