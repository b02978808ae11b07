import { evaluator, freeState, key } from 'marginalia';
import {
  type Split,
  binarised,
  binarisedOnce,
  greyRows,
  loadDigits,
  loadFaces,
} from '../data/index.js';
import type { Example, Setting } from '../gallery/index.js';
import { heldOutBound } from '../gallery/held-out.js';
import { type Vae, bits, convolutional, fullyConnected, levels, vae } from './model.js';

const run = async ({ data, quick, key: seed, engine, say, fitWithCurves }: Setting) => {
  const digits = await loadDigits(data, seed, quick ? { train: 4000, test: 500 } : {});
  const faces = await loadFaces(data, seed);
  const sets = {
    digits: {
      split: { ...digits, test: binarisedOnce(digits.test, key(1)) } as Split,
      rows: binarised,
      pixels: bits,
    },
    faces: { split: faces, rows: greyRows, pixels: levels },
  };
  for (const [name, { split, rows, pixels }] of Object.entries(sets)) {
    if (process.env['ONLY'] && process.env['ONLY'] !== name) continue;
    for (const [kind, networks] of Object.entries({
      dense: fullyConnected(split.test),
      conv: convolutional(split.test),
    })) {
      const spec: Vae = { latent: 10, networks, pixels };
      const svi = vae(spec);
      const evaluation = evaluator(svi, engine);
      const steps = Number(process.env[`STEPS_${kind}`] ?? 500);
      const { state, seconds, watched } = await fitWithCurves({
        name: `${name} ${kind}`,
        svi,
        data: rows(split.train),
        batchSize: 64,
        steps,
        watch: {
          every: Math.floor(steps / 4),
          measure: async (s) => (await heldOutBound(evaluation, s, split.test, key(2))).bound,
        },
      });
      say(
        `${name} ${kind}: ${seconds.toFixed(1)} s ${((1000 * seconds) / steps).toFixed(1)} ms ${watched.map((w) => w.value.toFixed(2)).join(' ')}`,
      );
      await evaluation.close();
      freeState(state);
    }
  }
  return { headline: '', figures: {}, checks: [], pictures: {} };
};
export const example: Example = { name: 'convolutional-vae', sentence: 's', equations: [], run };
