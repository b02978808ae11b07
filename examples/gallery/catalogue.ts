/** All examples, in the order in which they are listed. */
import type { Example } from './example.js';

/** An example, or a program with a command line of its own. */
export type Entry =
  | { readonly _tag: 'example'; readonly name: string; readonly load: () => Promise<Example> }
  | {
      readonly _tag: 'program';
      readonly name: string;
      readonly sentence: string;
      /** What `--quick` stands for. */
      readonly quick: readonly string[];
      readonly load: () => Promise<unknown>;
    };

/** One of the gallery, whose `main.ts` exports it as `example`. */
const example = (name: string, load: () => Promise<{ readonly example: Example }>): Entry => ({
  _tag: 'example',
  name,
  load: async () => (await load()).example,
});

export const catalogue: readonly Entry[] = [
  example('pca', () => import('../pca/main.js')),
  example('ppca', () => import('../ppca/main.js')),
  example('factor-analysis', () => import('../factor-analysis/main.js')),
  example('nonlinear-factor-analysis', () => import('../nonlinear-factor-analysis/main.js')),
  example('autoencoder', () => import('../autoencoder/main.js')),
  example('regularised-autoencoder', () => import('../regularised-autoencoder/main.js')),
  example('denoising-autoencoder', () => import('../denoising-autoencoder/main.js')),
  example('contractive-autoencoder', () => import('../contractive-autoencoder/main.js')),
  example('semi-supervised', () => import('../semi-supervised/main.js')),
  example('output-layers', () => import('../output-layers/main.js')),
  example('conditional', () => import('../conditional/main.js')),
  example('vae', () => import('../vae/sizes.js')),
  example('full-covariance-vae', () => import('../full-covariance-vae/main.js')),
  example('convolutional-vae', () => import('../convolutional-vae/main.js')),
  example('beta-vae', () => import('../beta-vae/main.js')),
  example('iwae', () => import('../iwae/main.js')),
  example('mixture', () => import('../mixture/main.js')),
  example('variational-em', () => import('../variational-em/main.js')),
  example('amortisation', () => import('../amortisation/main.js')),
  example('evidence', () => import('../evidence/main.js')),
  example('adversarial-autoencoder', () => import('../adversarial-autoencoder/main.js')),
  example('wasserstein-autoencoder', () => import('../wasserstein-autoencoder/main.js')),
  example('density-ratio', () => import('../density-ratio/main.js')),
  example('evolution-strategies', () => import('../evolution-strategies/main.js')),
  example('flows', () => import('../flows/main.js')),
  example('em-connection', () => import('../em-connection/main.js')),
  {
    _tag: 'program',
    name: 'cone',
    sentence:
      'Bounds on a ring-shaped posterior, one of them by an objective that the example writes.',
    quick: ['--steps', '500', '--samples', '20000'],
    load: () => import('../cone/main.js'),
  },
  {
    _tag: 'program',
    name: 'posteriors',
    sentence: 'Eight schools and, with --data, six more posteriors of posteriordb, all judged.',
    quick: ['--steps', '500'],
    load: () => import('../posteriors/main.js'),
  },
];

/** What an entry shows, in a sentence. */
export const sentenceOf = async (entry: Entry): Promise<string> =>
  entry._tag === 'program' ? entry.sentence : (await entry.load()).sentence;

/** The names and sentences of all. */
export const listed = async (): Promise<string> => {
  const width = Math.max(...catalogue.map(({ name }) => name.length)) + 2;
  const lines = catalogue.map(async (one) => `${one.name.padEnd(width)}${await sentenceOf(one)}`);
  return (await Promise.all(lines)).join('\n');
};
