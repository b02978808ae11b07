/** Reference posteriors by variational inference: every mean and standard deviation, judged. */
import { foldIn, key as keyOf, showBackendError, useBackend } from 'marginalia';
import { orRefuse } from '../command-line/refusal.js';
import { run } from '../command-line/run.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { ownTask, tasksIn } from './data.js';
import { type Fitted, fitPosterior } from './fit-posterior.js';
import { TOLERANCE } from './judge.js';
import { type Options, readOptions } from './options.js';
import { type Fits, intervalsPicture } from './picture.js';
import { lineOf, tableOf } from './table.js';

const job = async (options: Options): Promise<number> => {
  orRefuse(await useBackend('best')(), showBackendError);
  const { data, draws, steps } = options;
  const tasks = data === undefined ? [ownTask] : await tasksIn(data);
  const key = keyOf(options.seed);
  const all: Fits[] = [];
  for (const task of tasks) {
    const { name, fittings } = task.problem;
    console.log(`\n${name}`);
    const fits: Fitted[] = [];
    for (const fitting of fittings) {
      const fitted = await fitPosterior(task, fitting, {
        key: foldIn(foldIn(key, name), fitting.family),
        draws,
        ...(steps !== undefined && { steps }),
      });
      fits.push(fitted);
      console.log(`- ${lineOf(fitted)}`);
    }
    const last = fits.at(-1);
    if (last) console.log(tableOf(last));
    all.push({ name, fits });
  }
  const good = all.filter(({ fits }) => fits.at(-1)?.guide.every((j) => j.good) === true);
  await writeResults(options.out, {
    'posteriors.svg': await intervalsPicture(all),
    'metrics.json': asJson({ tolerance: TOLERANCE, posteriors: all, options }),
  });
  console.log(
    `\n${good.length} of ${all.length} with every mean within ${TOLERANCE} sd of the reference and every ` +
      `sd within ${100 * TOLERANCE} %. See ${options.out}.`,
  );
  return 0;
};

await run(readOptions(process.argv.slice(2)), job);
