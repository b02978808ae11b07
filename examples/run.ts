/** Runs an example by name: `npm run example NAME -- OPTIONS`; without a name, lists them. */
import { run } from './command-line/run.js';
import { catalogue, listed } from './gallery/catalogue.js';
import { readOptions } from './gallery/options.js';
import { runAll } from './gallery/run-all.js';
import { runExample } from './gallery/run-example.js';

const ALL = { name: 'all', sentence: 'Runs every example, and holds each against its checks.' };

const [name, ...rest] = process.argv.slice(2);
const entry = catalogue.find((one) => one.name === name);
if (name === undefined) {
  console.log(`${await listed()}\n\nnpm run example NAME runs one, npm run example all every one.`);
} else if (name === ALL.name) {
  await run(readOptions(ALL, rest), (options) => runAll(catalogue, options));
} else if (entry === undefined) {
  const names = catalogue.map((one) => one.name).join(', ');
  console.error(`There is no example '${name}'. Name one of: ${names}, or all.`);
  process.exitCode = 2;
} else if (entry._tag === 'example') {
  const example = await entry.load();
  await run(readOptions(example, rest), (options) => runExample(example, options));
} else {
  // It reads the command line as if it had been started by itself.
  process.argv.splice(2, process.argv.length, ...rest);
  await entry.load();
}
