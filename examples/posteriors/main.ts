/** Reference posteriors by variational inference: every mean and standard deviation, judged. */
import { foldIn, key as keyOf, useBackend } from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { checkpointOf } from '../command-line/fit-in-folder.js';
import { METRICS, inOutFolder } from '../command-line/out-folder.js';
import { orRefuse } from '../command-line/refusal.js';
import { run } from '../command-line/run.js';
import { asJson, writeResults } from '../command-line/write-results.js';
import { type Task, ownTask, tasksIn } from './data.js';
import { type Fitted, fitName, fitPosterior } from './fit-posterior.js';
import { TOLERANCE } from './judge.js';
import { type Options, readOptions } from './options.js';
import { type Fits, intervalsPicture } from './picture.js';
import { lineOf, tableOf } from './table.js';

const job = async (options: Options, tasks: readonly Task[]): Promise<number> => {
  const key = keyOf(options.seed);
  const all: Fits[] = [];
  for (const task of tasks) {
    const { name, fittings } = task.problem;
    console.log(`\n${name}`);
    const fits: Fitted[] = [];
    for (const fitting of fittings) {
      const own = foldIn(foldIn(key, name), fitting.family);
      const fitted = await fitPosterior(task, fitting, own, options);
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
    [METRICS]: asJson({ tolerance: TOLERANCE, posteriors: all, options }),
  });
  console.log(
    `\n${good.length} of ${all.length} with every mean within ${TOLERANCE} sd of the reference and every ` +
      `sd within ${100 * TOLERANCE} %. See ${options.out}.`,
  );
  return 0;
};

await run(readOptions(process.argv.slice(2)), async (options) => {
  orRefuse(await useBackend('best')(), showBackendError);
  const { data } = options;
  const tasks = data === undefined ? [ownTask] : await tasksIn(data);
  const checkpoints = tasks.flatMap(({ problem }) =>
    problem.fittings.map((fitting) => checkpointOf(fitName(problem, fitting))),
  );
  return inOutFolder(options, checkpoints, () => job(options, tasks));
});
