/** What the two kinds of networks made of digits and faces. */
import { type Images, imageAt } from '../data/index.js';
import { type Shown, atLeast } from '../gallery/index.js';
import { type Point, labelledImages, lines, panels } from '../pictures/index.js';

/** A trained model. */
export interface Learnt {
  readonly kind: 'convolutional' | 'dense';
  readonly steps: number;
  readonly weights: number;
  readonly cpuSeconds: number;
  /** The bound of held-out images after so many steps, nats per image. */
  readonly curve: readonly Point[];
  readonly rebuilt: Float32Array;
  readonly generated: Float32Array;
}

/** Images of one kind and the two models of them. */
export interface Subject {
  readonly name: string;
  readonly source: string;
  /** Images that there were to learn from. */
  readonly count: number;
  readonly real: Images;
  readonly learnt: readonly [convolutional: Learnt, dense: Learnt];
}

const boundOf = ({ curve }: Learnt): number => curve.at(-1)?.[1] ?? Number.NaN;

const imagesOf = (real: Images, grey: Float32Array): readonly Float32Array[] =>
  Array.from({ length: real.count }, (_, i) => imageAt({ ...real, grey }, i));

const imagesAs = ({ name, source, count, real, learnt }: Subject): string =>
  labelledImages({
    title: `${source}: real, rebuilt and generated`,
    subtitle: `held-out ${name}; learnt from ${count} images`,
    rows: real.rows,
    columns: real.columns,
    lines: [
      { label: 'real', images: imagesOf(real, real.grey) },
      ...learnt.map((one) => ({
        label: `rebuilt, ${one.kind}`,
        images: imagesOf(real, one.rebuilt),
      })),
      ...learnt.map((one) => ({
        label: `generated, ${one.kind}`,
        images: imagesOf(real, one.generated),
      })),
    ],
  });

const gainOf = ({ learnt: [convolutional, dense] }: Subject): number =>
  boundOf(convolutional) - boundOf(dense);

/** Where a curve is worth looking at: not its first climb. */
const late = ({ curve }: Learnt): readonly Point[] => curve.slice(Math.floor(curve.length / 4));

const chart = (subject: Subject) =>
  lines({
    title: subject.source,
    width: 340,
    x: { title: 'training step' },
    y: { title: 'bound, nats per held-out image' },
    lines: subject.learnt.map((one) => ({
      name: `${one.kind}, ${one.cpuSeconds.toPrecision(2)} s`,
      points: late(one),
      dots: true,
    })),
  });

export const shown = async (subjects: readonly Subject[]): Promise<Shown> => ({
  headline: `In as many steps and with no more weights: ${subjects
    .map(({ name, learnt: [convolutional, dense] }) => {
      const of = (one: Learnt): string =>
        `${boundOf(one).toFixed(1)} (${(one.weights / 1000).toFixed(0)} thousand weights, ${one.cpuSeconds.toFixed(0)} s)`;
      return `${name}, convolutional ${of(convolutional)}, dense ${of(dense)}`;
    })
    .join('; ')}; nats per held-out image and seconds of processor time.`,
  figures: {
    data: subjects.map(({ source }) => source).join(' and '),
    unit: 'nats per image',
    subjects: subjects.map(({ name, count, learnt }) => ({
      name,
      count,
      networks: learnt.map((one) => ({
        kind: one.kind,
        steps: one.steps,
        weights: one.weights,
        cpuSeconds: one.cpuSeconds,
        bound: boundOf(one),
      })),
    })),
  },
  checks: subjects.map((subject) =>
    atLeast(`bound of ${subject.name}, convolutional less dense, nats`, gainOf(subject), 0),
  ),
  pictures: {
    ...Object.fromEntries(subjects.map((subject) => [`${subject.name}.svg`, imagesAs(subject)])),
    'bounds.svg': await panels(subjects.map(chart), { title: 'The bound of held-out images' }),
  },
});
