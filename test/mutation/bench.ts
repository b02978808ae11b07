/** Faults in the bench. */
import type { Mutation } from './mutation.js';

export const bench: readonly Mutation[] = [
  {
    name: 'a ratio upside down',
    file: 'bench/rows.ts',
    find: 'short(own.ms / best.ms)',
    replace: 'short(best.ms / own.ms)',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'a peer at the worse of its settings',
    file: 'bench/rows.ts',
    find: '(a, b) => a.ms - b.ms',
    replace: '(a, b) => b.ms - a.ms',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'the time of a turn for that of a step',
    file: 'bench/interleave.ts',
    find: '(await run(steps)) / steps',
    replace: 'await run(steps)',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'a loss that is not a number agrees',
    file: 'bench/agreement.ts',
    find: 'Math.abs(a - b) <= tolerance * Math.abs(a)',
    replace: '!(Math.abs(a - b) > tolerance * Math.abs(a))',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'a peer without its divergence',
    file: 'bench/peers/tfjs/vae.ts',
    find: 'const kl = tf.mul(tf.add(onDiagonal, tf.sum(tf.square(lower))), 0.5);',
    replace: 'const kl = tf.mul(onDiagonal, 0.5);',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'a peer that reads the rows of the noise for its columns',
    file: 'bench/peers/tfjs/vae.ts',
    find: 'entries.map(([, j]) => j)',
    replace: 'entries.map(([i]) => i)',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'an importance weight without its prior',
    file: 'bench/peers/tfjs/iwae.ts',
    find: 'tf.sub(tf.square(e), tf.square(z))',
    replace: 'tf.square(e)',
    killedBy: 'test/bench.test.ts',
  },
  {
    name: 'a minibatch that counts for itself alone',
    file: 'bench/peers/tfjs/logistic-regression.ts',
    find: 'rows / batch',
    replace: '1',
    killedBy: 'test/bench.test.ts',
  },
];
