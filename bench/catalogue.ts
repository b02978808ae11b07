/** The cases by name, and the two series that show how cost grows. */
import {
  type AlternatingCase,
  type ByHandCase,
  type CallCase,
  type Case,
  type ChainCase,
  type ConvolutionalVaeCase,
  type EightSchoolsCase,
  type FirstPosteriorCase,
  type FitCase,
  type IwaeCase,
  type LogisticRegressionCase,
  type PhasesCase,
  type StepCase,
  type VaeCase,
  isStepCase,
} from './case.js';
import type { Peer } from './peers.js';

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
  kind: 'iwae',
  name: `iwae-${particles}`,
  title: `IWAE 784-400-20, ${particles} particles, batch ${batch}, Adam`,
  ...NETWORK,
  batch,
  particles,
  visited: batch,
  datums: batch,
  agreement: { steps: 20, tolerance: 0.025 },
});

const convolutional: ConvolutionalVaeCase = {
  kind: 'vae-conv',
  name: 'vae-conv',
  title: 'VAE 28x28x1 to 32 and 64 channels by stride 2 and back, 20 latents, batch 64, Adam',
  batch: 64,
  side: 28,
  channels: [32, 64],
  window: 4,
  latent: 20,
  rate: 1e-3,
  visited: 64,
  datums: 64,
  agreement: { steps: 20, tolerance: 0.025 },
};

export const fitMnist: FitCase = {
  kind: 'fit',
  name: 'fit-mnist',
  title: 'fit: whole epochs of 60,000 images, VAE 784-400-20, batch 128, pixels drawn anew, Adam',
  ...NETWORK,
  batch: 128,
  images: 60_000,
  visited: 60_000,
  datums: 60_000,
  agreement: { steps: 1, tolerance: 0.025 },
};

const firstPosterior: FirstPosteriorCase = {
  kind: 'first-posterior',
  name: 'first-posterior',
  title: "README's first program, from the start of its process to the line that it prints",
  visited: 1,
  datums: 1,
  agreement: { steps: 1, tolerance: 0.001 },
};

const call: CallCase = {
  kind: 'call',
  name: 'call',
  title: 'One call of a tiny graph in ONNX Runtime: the sum of tanh(x W + b), x of 4 x 8',
  rows: 4,
  width: 8,
  visited: 1,
  datums: 1,
  agreement: { steps: 2, tolerance: 1e-5 },
};

/** Networks of a size at which a second thread gains little, and costs much where threads of two graphs spin. */
const MIDDLING = { pixels: 784, hidden: 128, latent: 8, rate: 1e-3 };

const alternating: AlternatingCase = {
  kind: 'alternating',
  name: 'alternating',
  title: 'VAE 784-128-8, batches of 64 and 48 by turns: with one thread and with all',
  ...MIDDLING,
  batches: [64, 48],
  visited: 56,
  datums: 56,
  agreement: { steps: 20, tolerance: 0.01 },
};

const phases: PhasesCase = {
  kind: 'phases',
  name: 'phases',
  title: 'VAE 784-128-8, batch 64, decoder and encoder in phases: with one thread and with all',
  ...MIDDLING,
  batch: 64,
  visited: 64,
  datums: 64,
  agreement: { steps: 20, tolerance: 0.01 },
};

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
  iwae(20, 50),
  convolutional,
  fitMnist,
  eightSchools,
  logisticRegression,
  call,
  firstPosterior,
  alternating,
  phases,
];

/** A case at several sizes. */
export interface Series {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  /** Who takes part beside ours. */
  readonly peers: readonly Peer[];
  readonly points: readonly { readonly size: number; readonly of: ByHandCase }[];
}

/** Cost against the size of a batch, and against the number of sites. */
export const series: readonly Series[] = [
  {
    name: 'batch-size',
    title: 'VAE 784-400-20, diagonal posterior: cost against batch size',
    axis: 'batch size (images)',
    peers: ['matmul', 'pytorch', 'jax-js'],
    points: [32, 128, 512, 1024].map((batch) => ({
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
    points: [3, 10, 30, 100, 300].map((sites) => ({ size: sites, of: chain(sites) })),
  },
];

/** What is measured step by step: what the engine's choice is judged on, and what `lint` reads. */
export const stepCases: readonly StepCase[] = cases.filter(isStepCase);

/** The case with a name, of the list or of a series. */
export const caseNamed = (name: string): Case => {
  const every = [...cases, ...series.flatMap(({ points }) => points.map((p) => p.of))];
  const found = every.find((c) => c.name === name);
  if (found === undefined) throw new Error(`there is no case '${name}'.`);
  return found;
};

/** The same among the cases that are measured step by step. */
export const stepCaseNamed = (name: string): StepCase => {
  const of = caseNamed(name);
  if (!isStepCase(of)) throw new Error(`'${name}' is not measured step by step.`);
  return of;
};
