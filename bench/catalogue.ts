/** The cases by name, and the two series that show how cost grows. */
import type {
  Case,
  ChainCase,
  EightSchoolsCase,
  IwaeCase,
  LogisticRegressionCase,
  VaeCase,
} from './case.js';

const NETWORK = { pixels: 784, hidden: 400, latent: 20, rate: 1e-3 };

const vae = (name: string, batch: number, posterior: VaeCase['posterior']): VaeCase => ({
  kind: 'vae',
  name,
  title: `VAE 784-400-20, ${posterior} posterior, batch ${batch}, closed-form KL, Adam`,
  ...NETWORK,
  batch,
  posterior,
  visited: batch,
  datums: batch,
  agreement: { steps: 20, tolerance: 0.025 },
});

const iwae = (batch: number, particles: number): IwaeCase => ({
  ...vae(`iwae-${particles}`, batch, 'diagonal'),
  kind: 'iwae',
  title: `IWAE 784-400-20, ${particles} particles, batch ${batch}, Adam`,
  particles,
});

const eightSchools: EightSchoolsCase = {
  kind: 'eight-schools',
  name: 'eight-schools',
  title: 'Eight schools, non-centred, 10 latents, mean field (20 parameters), Adam',
  logTau: [Math.log(5), 1],
  rate: 0.01,
  visited: 8,
  datums: 8,
  agreement: { steps: 400, tolerance: 0.04 },
};

const logisticRegression: LogisticRegressionCase = {
  kind: 'logistic-regression',
  name: 'logistic-regression',
  title: 'Bayesian logistic regression, 1000 x 50, minibatches of 100, mean field, Adam',
  rows: 1000,
  columns: 50,
  batch: 100,
  rate: 0.01,
  visited: 100,
  datums: 1000,
  agreement: { steps: 200, tolerance: 0.04 },
};

const chain = (sites: number): ChainCase => ({
  kind: 'chain',
  name: `${sites} ${sites === 1 ? 'site' : 'sites'}`,
  title: `A chain of ${sites} normal latents, each a site of its own, mean field, Adam`,
  seen: Array.from({ length: sites }, (_, i) => Math.sin(i)),
  rate: 0.01,
  visited: sites,
  datums: sites,
  agreement: { steps: 100, tolerance: 0.1 },
});

/** What `npm run bench` measures, in order. */
export const cases: readonly Case[] = [
  vae('vae-128', 128, 'diagonal'),
  vae('vae-512', 512, 'diagonal'),
  vae('vae-full-128', 128, 'full'),
  eightSchools,
  logisticRegression,
  iwae(20, 50),
];

/** A case at several sizes. */
export interface Series {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  /** Who takes part beside ours. */
  readonly peers: readonly string[];
  readonly points: readonly { readonly size: number; readonly of: Case }[];
}

/** Cost against the size of a batch, and against the number of sites. */
export const series: readonly Series[] = [
  {
    name: 'batch-size',
    title: 'VAE 784-400-20, diagonal posterior: cost against batch size',
    axis: 'batch size (images)',
    peers: ['matmul', 'pytorch', 'jax-js'],
    points: [32, 64, 128, 256, 512, 1024, 2048].map((batch) => ({
      size: batch,
      of: vae(`batch ${batch}`, batch, 'diagonal'),
    })),
  },
  {
    name: 'sites',
    title: 'A chain of normal latents, each a site of its own: cost against their number',
    axis: 'latent sites',
    // jax-js fuses along the chain: a hundred sites take it a second a step, and more than that minutes.
    peers: ['pytorch', 'tfjs-wasm'],
    points: [1, 3, 10, 30, 100, 300].map((sites) => ({ size: sites, of: chain(sites) })),
  },
];

/** The case with a name, of the list or of a series. */
export const caseNamed = (name: string): Case => {
  const every = [...cases, ...series.flatMap(({ points }) => points.map((p) => p.of))];
  const found = every.find((c) => c.name === name);
  if (found === undefined) throw new Error(`there is no case '${name}'.`);
  return found;
};
