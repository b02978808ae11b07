/** Progress, as a run tells of it. `npm test` builds first what is run here. */
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

const program = `
  import { progressBar } from 'marginalia';
  const bar = progressBar();
  for (let step = 1; step <= 10; step += 1) {
    bar.update({ step, steps: 10, epoch: 0, loss: 1, elements: 1, rate: 1, secondsLeft: 1 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  bar.stop();
  setTimeout(() => process.stdout.write('done'), 50);
`;

it('a run goes on where nobody reads its progress any more', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.destroy();
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'done' });
});
