/** npm start. */
import { run } from '../command-line/run.js';
import { job } from './job.js';
import { readOptions } from './options.js';

await run(readOptions(process.argv.slice(2)), job);
