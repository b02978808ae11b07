/** Faults in the bench. */
import type { Mutation } from '../mutation.js';

export const bench: readonly Mutation[] = [
  {
    name: 'a ratio upside down',
    file: 'bench/rows.ts',
    find: 'short(own.ms / found.ms)',
    replace: 'short(found.ms / own.ms)',
    killedBy: 'test/bench/bench.test.ts',
  },
  {
    name: 'the time of a portion for that of a step',
    file: 'bench/blocks.ts',
    find: '(after - before) / portion',
    replace: 'after - before',
    killedBy: 'test/bench/bench.test.ts',
    quick: true,
  },
  {
    name: 'a mean of blocks of different lengths as if they were alike',
    file: 'bench/blocks.ts',
    find: 'sum(blocks.map(({ ms }) => ms)) / sum(blocks.map(({ steps }) => steps))',
    replace: 'sum(blocks.map(({ ms, steps }) => ms / steps)) / blocks.length',
    killedBy: 'test/bench/bench.test.ts',
    quick: true,
  },
  {
    name: 'a round that always begins with the same one',
    file: 'bench/interleave.ts',
    find: '(round + place) % turners.length',
    replace: 'place',
    killedBy: 'test/bench/bench.test.ts',
    quick: true,
  },
  {
    name: 'a loss that is not a number agrees',
    file: 'bench/contenders/agreement.ts',
    find: 'Math.abs(a - b) <= tolerance * Math.abs(a)',
    replace: '!(Math.abs(a - b) > tolerance * Math.abs(a))',
    killedBy: 'test/bench/bench.test.ts',
  },
  {
    name: 'a peer without its divergence',
    file: 'bench/peers/tfjs/vae.ts',
    find: 'const kl = tf.add(diagonalKl(loc, logScale), tf.mul(tf.sum(tf.square(lower)), 0.5));',
    replace: 'const kl = diagonalKl(loc, logScale);',
    killedBy: 'test/bench/bench.test.ts',
  },
  {
    name: 'a peer that reads the rows of the noise for its columns',
    file: 'bench/peers/tfjs/vae.ts',
    find: 'entries.map(([, j]) => j)',
    replace: 'entries.map(([i]) => i)',
    killedBy: 'test/bench/bench.test.ts',
  },
  {
    name: 'an importance weight without its prior',
    file: 'bench/peers/tfjs/iwae.ts',
    find: 'tf.sub(tf.square(e), tf.square(z))',
    replace: 'tf.square(e)',
    killedBy: 'test/bench/bench.test.ts',
  },
  {
    name: 'a minibatch that counts for itself alone',
    file: 'bench/peers/tfjs/logistic-regression.ts',
    find: 'rows / batch',
    replace: '1',
    killedBy: 'test/bench/bench.test.ts',
  },
];
