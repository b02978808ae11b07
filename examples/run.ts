/** Runs an example by name: `npm run example NAME -- OPTIONS`. */
const examples = ['cone', 'posteriors', 'ppca', 'vae'] as const;

const [name, ...rest] = process.argv.slice(2);
const found = examples.find((e) => e === name);
if (found === undefined) {
  console.error(
    `${name === undefined ? '' : `There is no example '${name}'. `}Name one of: ${examples.join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  // The example reads the command line as if it had been started by itself.
  process.argv.splice(2, process.argv.length, ...rest);
  await import(`./${found}/main.js`);
}
