/** What the sweep of β shows: its figures, its checks, its pictures. */
import { type Images, imageAt } from '../data/index.js';
import { type Shown, atLeast, atMost } from '../gallery/index.js';
import { type Point, labelledImages, lineChart } from '../pictures/index.js';

/** A trained model on images that it has not seen, nats per image. */
export interface Measured {
  readonly name: string;
  /** KL(q(z | x) ‖ p(z)): what the code says of an image. */
  readonly rate: number;
  /** −E log p(x | z): what the code leaves open. */
  readonly distortion: number;
  /** The rate after each so many steps. */
  readonly rates: readonly (readonly [step: number, rate: number])[];
  /** What it makes of some images, row-major. */
  readonly rebuilt: Float32Array;
}

export interface WithBeta extends Measured {
  readonly beta: number;
}

const imagesOf = (images: Images): readonly Float32Array[] =>
  Array.from({ length: images.count }, (_, i) => imageAt(images, i));

const nameOf = ({ name }: Measured): string => name.replace('beta', 'β =');

/** What was found of each β and of the annealed one. */
export const shown = async (
  found: readonly WithBeta[],
  warmed: Measured,
  {
    some,
    source,
    steps,
  }: { readonly some: Images; readonly source: string; readonly steps: number },
): Promise<Shown> => {
  const boundOf = ({ rate, distortion }: Measured): number => -rate - distortion;
  const least = found.reduce((a, b) => (boundOf(a) > boundOf(b) ? a : b));
  const falls = found.slice(1).map(({ rate }, i) => (found[i]?.rate ?? Number.NaN) - rate);
  const rises = found
    .slice(1)
    .map(({ distortion }, i) => distortion - (found[i]?.distortion ?? Number.NaN));
  const plain = found.find(({ beta }) => beta === 1);
  const early = (m: Measured | undefined): number =>
    (m?.rates[1] ?? m?.rates[0])?.[1] ?? Number.NaN;
  const rates = found.map(({ rate }) => rate);
  const tangent: readonly Point[] = [Math.min(...rates), Math.max(...rates)].map((rate) => [
    rate,
    -boundOf(least) - rate,
  ]);
  return {
    headline:
      `From β = ${found[0]?.beta} to ${found.at(-1)?.beta} the rate falls from ${found[0]?.rate.toFixed(1)} to ` +
      `${found.at(-1)?.rate.toFixed(1)} nats per image and the distortion rises from ` +
      `${found[0]?.distortion.toFixed(1)} to ${found.at(-1)?.distortion.toFixed(1)}; the bound is best at β = ${least.beta}.`,
    figures: {
      data: source,
      unit: 'nats per image',
      steps,
      byBeta: found.map(({ beta, rate, distortion }) => ({
        beta,
        rate,
        distortion,
        bound: -rate - distortion,
      })),
      annealed: { rate: warmed.rate, distortion: warmed.distortion, bound: boundOf(warmed) },
    },
    checks: [
      atLeast('least fall of the rate from one β to the next, nats', Math.min(...falls), 0),
      atLeast('least rise of the distortion from one β to the next, nats', Math.min(...rises), 0),
      atMost('|log β| where the bound is best', Math.abs(Math.log(least.beta)), Math.log(2.01)),
      // With β near 0 nothing holds the code back.
      atLeast(
        'rate after a tenth of the steps, annealed less plain, nats',
        early(warmed) - early(plain),
        0,
      ),
    ],
    pictures: {
      'rate-distortion.svg': await lineChart({
        title: 'Rate against distortion',
        subtitle: `${source}, held-out images; each point a VAE trained with its β`,
        x: { title: 'rate: KL from the prior, nats per image' },
        y: { title: 'distortion: −log p(x | z), nats per image' },
        lines: [
          { name: 'the best bound', points: tangent },
          ...[...found, warmed].map((m) => ({
            name: nameOf(m),
            points: [[m.rate, m.distortion] as const],
            dots: true,
          })),
        ],
      }),
      'annealing.svg': await lineChart({
        title: 'The rate while it is trained',
        subtitle: `annealed: β rises from 0 to 1 over the first ${steps / 2} steps`,
        x: { title: 'training step' },
        y: { title: 'rate, nats per image', zero: true },
        lines: [...found.filter(({ beta }) => beta >= 1), warmed].map((m) => ({
          name: nameOf(m),
          points: m.rates,
        })),
      }),
      'reconstructions.svg': labelledImages({
        title: 'What is kept of an image',
        subtitle: 'held-out images, and what each β rebuilds of them',
        rows: some.rows,
        columns: some.columns,
        lines: [
          { label: 'real', images: imagesOf(some) },
          ...[...found, warmed].map((m) => ({
            label: nameOf(m),
            images: imagesOf({ ...some, grey: m.rebuilt }),
          })),
        ],
      }),
    },
  };
};
