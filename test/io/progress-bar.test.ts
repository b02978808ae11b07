/** Progress, as a run tells of it. `npm test` builds first what is run here. */
import { spawn, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

const program = `
  import { progressBar } from 'marginalia/checkpoints';
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

const told = (text: string): string =>
  spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    cwd: root,
    encoding: 'utf8',
  }).stderr;

it.each([
  [12.3456, '12.35'],
  [0.012345, '0.012'],
])('says no unit of a loss that may have none: %d', (loss, shown) => {
  const stderr = told(`
    import { progressBar } from 'marginalia/checkpoints';
    progressBar().update({ step: 1, steps: 1, epoch: 0, loss: ${loss}, elements: 4, rate: 3, secondsLeft: 0 });
  `);
  expect(stderr).toBe(`step 1/1, epoch 0: loss ${shown}, 3.0 steps/s, 0:00 left\n`);
});

it('is told ten times where there is no terminal: a loss for each element, and the time left', () => {
  const stderr = told(`
    import { progressBar } from 'marginalia/checkpoints';
    const bar = progressBar({ per: 'image' });
    for (let step = 1; step <= 20; step += 1) {
      bar.update({ step, steps: 20, epoch: 1, loss: 10, elements: 4, rate: 3, secondsLeft: 95.2 });
    }
    bar.stop();
  `);
  const line = (step: number): string =>
    `step ${step}/20, epoch 1: loss 2.50 nats/image, 3.0 steps/s, 1:36 left\n`;
  expect(stderr).toBe(Array.from({ length: 10 }, (_, i) => line(2 * (i + 1))).join(''));
});
