/** Tables of numbers: Old Faithful's eruptions and Fisher's irises, drawn here or read from files. */
import { type Key, foldIn } from 'marginalia';
import { randomNormal, randomUniform } from 'marginalia/random';
import { pathIn } from './folder.js';
import { numbersIn } from './text.js';

/** Rows of numbers, with a class each where they have one. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly labels?: Uint8Array;
  readonly source: string;
}

/** Rows drawn from normals about `means`, with the lower factor of a covariance. */
const around = (
  means: readonly number[],
  lower: readonly (readonly number[])[],
  z: Float32Array,
): readonly number[] =>
  means.map((mean, i) => mean + (lower[i] ?? []).reduce((sum, l, k) => sum + l * (z[k] ?? 0), 0));

const FAITHFUL = ['eruption, minutes', 'waiting time, minutes'] as const;

/** The two groups that a mixture finds in the eruptions of the real one. */
const ERUPTIONS = [
  {
    share: 0.356,
    means: [2.04, 54.5],
    lower: [
      [0.263, 0],
      [1.65, 5.56],
    ],
  },
  {
    share: 0.644,
    means: [4.29, 79.97],
    lower: [
      [0.412, 0],
      [2.28, 5.55],
    ],
  },
] as const;

/** Eruptions of a geyser: 272 drawn from a mixture of two normals, or those of `faithful.csv`. */
export const loadFaithful = (folder: string | undefined, key: Key): Table => {
  if (folder !== undefined) {
    const path = pathIn(folder, ['faithful.csv', 'tabular/faithful.csv']);
    const rows = numbersIn(path, { width: 3, headings: 1 }).map((row) => row.slice(1));
    return { columns: FAITHFUL, rows, source: 'Old Faithful' };
  }
  const own = foldIn(key, 'faithful');
  const rows = Array.from(randomUniform(foldIn(own, 'group'), 272), (u, i) => {
    const group = u < ERUPTIONS[0].share ? ERUPTIONS[0] : ERUPTIONS[1];
    return around(group.means, group.lower, randomNormal(foldIn(own, i), 2));
  });
  return { columns: FAITHFUL, rows, source: 'eruptions drawn from two normals' };
};

const IRIS = [
  'sepal length, cm',
  'sepal width, cm',
  'petal length, cm',
  'petal width, cm',
] as const;

/** Means and standard deviations of the three kinds, and how much of each is size, which all four share. */
const KINDS = [
  { means: [5.01, 3.43, 1.46, 0.25], scales: [0.35, 0.38, 0.17, 0.11], size: [0.9, 0.8, 0.3, 0.3] },
  { means: [5.94, 2.77, 4.26, 1.33], scales: [0.52, 0.31, 0.47, 0.2], size: [0.8, 0.6, 0.9, 0.8] },
  { means: [6.59, 2.97, 5.55, 2.03], scales: [0.64, 0.32, 0.55, 0.27], size: [0.9, 0.5, 0.9, 0.4] },
] as const;

/** Irises of three kinds: 150 drawn from normals, or those of `iris.csv`. */
export const loadIris = (folder: string | undefined, key: Key): Table => {
  if (folder !== undefined) {
    const path = pathIn(folder, ['iris.csv', 'tabular/iris.csv']);
    const rows = numbersIn(path, { width: 5, headings: 1 });
    return {
      columns: IRIS,
      rows: rows.map((row) => row.slice(0, 4)),
      labels: Uint8Array.from(rows, (row) => row[4] ?? 0),
      source: "Fisher's irises",
    };
  }
  const own = foldIn(key, 'iris');
  const labels = Uint8Array.from({ length: 150 }, (_, i) => Math.floor(i / 50));
  const rows = Array.from(labels, (label, i) => {
    const { means, scales, size } = KINDS[label] ?? KINDS[0];
    const z = randomNormal(foldIn(own, i), 5);
    return means.map((mean, k) => {
      const share = size[k] ?? 0;
      const alone = Math.sqrt(1 - share ** 2) * (z[k + 1] ?? 0);
      return mean + (scales[k] ?? 0) * (share * (z[0] ?? 0) + alone);
    });
  });
  return { columns: IRIS, rows, labels, source: 'irises drawn from three normals' };
};
