/** Convolutional against dense networks of as many weights, on digits and faces. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type SviState, type Tensor, freeState, key } from 'marginalia';
import type { Dataset } from 'marginalia/data';
import { evaluator } from 'marginalia/inference';
import { randomNormal } from 'marginalia/random';
import {
  type Images,
  binarised,
  binarisedOnce,
  greyRows,
  imagesBetween,
  loadDigits,
  loadFaces,
} from '../data/index.js';
import { decoded, encoded, heldOutBound } from '../gallery/held-out.js';
import type { Example, Setting, Shown } from '../gallery/index.js';
import {
  type Networks,
  type Vae,
  bits,
  convolutional,
  fullyConnected,
  generation,
  inference,
  levels,
  vae,
} from './model.js';
import { type Learnt, type Subject, shown } from './shown.js';

const SHOWN = 8;
const LATENT = 10;

/** Numbers that are learnt. */
const weightsOf = ({ params }: SviState): number =>
  Object.values(params).reduce((sum, { size }) => sum + size, 0);

/** Hidden units of dense networks that have no fewer weights than `weights`. */
const unitsFor = (weights: number, { rows, columns }: Images): number => {
  const pixels = rows * columns;
  return Math.ceil((weights - pixels - 2 * LATENT) / (2 * pixels + 3 * LATENT + 2));
};

const settingsOf = ({ quick, data }: Setting) =>
  quick
    ? { train: 3000, test: 300, steps: 500 }
    : { train: 8000, test: 1000, steps: data === undefined ? 2000 : 3000 };

/** Images of one kind, and how a pixel is drawn. */
interface Matter {
  readonly name: string;
  readonly source: string;
  readonly train: Images;
  readonly test: Images;
  readonly rows: (images: Images) => Dataset<Tensor>;
  readonly pixels: Vae['pixels'];
}

const matters = async (setting: Setting): Promise<readonly Matter[]> => {
  const { train, test } = settingsOf(setting);
  const digits = await loadDigits(setting.data, setting.key, { train, test });
  const faces = await loadFaces(setting.data, setting.key);
  return [
    {
      name: 'digits',
      source: digits.source,
      train: digits.train,
      test: binarisedOnce(digits.test, key(0)),
      rows: binarised,
      pixels: bits,
    },
    {
      name: 'faces',
      source: faces.source,
      train: imagesBetween(faces.train, 0, train),
      test: faces.test,
      rows: greyRows,
      pixels: levels,
    },
  ];
};

/** Codes from the prior, `[SHOWN, LATENT]`. */
const fromPrior = (of: Key): Tensor =>
  tf.tensor2d(randomNormal(of, SHOWN * LATENT), [SHOWN, LATENT]);

const run = async (setting: Setting): Promise<Shown> => {
  const { steps } = settingsOf(setting);

  const learnt = async (
    matter: Matter,
    kind: Learnt['kind'],
    networks: Networks,
  ): Promise<Learnt> => {
    const { train, test, rows, pixels } = matter;
    const spec: Vae = { latent: LATENT, networks, pixels, steps };
    const svi = vae(spec);
    const evaluation = evaluator(svi, setting.engine);
    const { state, cpuSeconds, watched } = await setting.fitWithCurves({
      name: `${matter.name} ${kind}`,
      svi,
      data: rows(train),
      batchSize: 50,
      steps,
      watch: {
        every: Math.ceil(steps / 10),
        measure: async (at) => (await heldOutBound(evaluation, at, test, key(1))).bound,
      },
    });
    await evaluation.close();
    const codes = encoded(inference(spec), state, imagesBetween(test, 0, SHOWN));
    const drawn = fromPrior(key(2));
    const rebuilt = decoded(generation(spec), state, codes);
    const generated = decoded(generation(spec), state, drawn);
    const weights = weightsOf(state);
    tf.dispose([codes, drawn]);
    freeState(state);
    return {
      kind,
      steps,
      weights,
      cpuSeconds,
      curve: watched.map((point) => [point.step, point.value]),
      rebuilt,
      generated,
    };
  };

  const subjects: Subject[] = [];
  for (const matter of await matters(setting)) {
    const { name, source, train, test } = matter;
    const deep = await learnt(matter, 'convolutional', convolutional(test));
    const dense = await learnt(matter, 'dense', fullyConnected(unitsFor(deep.weights, test))(test));
    const real = imagesBetween(test, 0, SHOWN);
    subjects.push({ name, source, count: train.count, real, learnt: [deep, dense] });
  }
  return shown(subjects);
};

export const example: Example = {
  name: 'convolutional-vae',
  sentence: 'Convolutional networks against dense ones of as many weights, on digits and faces.',
  equations: [
    'q(z \\mid x) = \\mathcal{N}(\\mu(h), \\mathrm{diag}\\,\\sigma^2(h)), \\quad h = \\mathrm{conv}(x); \\qquad p(x \\mid z) = \\prod_{ij} p(x_{ij} \\mid \\mathrm{conv}^\\top(z)_{ij})',
  ],
  run,
};
