/**
 * The law that draws follow the density, for vectors of whole numbers: moves that keep the density in
 * balance change nothing in the mean. Statistical.
 */
import { foldIn, key, randomNormal } from '../../random/index.js';
import { expectClose } from '../law/law.js';
import { column, mean, variance } from '../statistics/numbers.js';
import { sampledMeanThreshold } from '../statistics/statistics.js';
import { type Subject, batchSize, claim, drawsAt, logProbAt } from './subject.js';
import { isInside } from './support-geometry.js';

type Row = readonly number[];

/** Where the numbers of a column lie, from its quartiles; a column that does not vary has spread 1. */
interface Place {
  readonly centre: number;
  readonly spread: number;
}

const placeOf = (xs: Row): Place => {
  const sorted = xs.toSorted((a, b) => a - b);
  const at = (q: number): number => sorted[Math.floor(q * sorted.length)] ?? 0;
  return { centre: at(0.5), spread: at(0.75) - at(0.25) || 1 };
};

const scaled = (x: number, { centre, spread }: Place): number => Math.tanh((x - centre) / spread);

/** A bounded quantity of a draw, and the length of the interval that its changes lie in. */
interface Watched {
  readonly name: string;
  readonly range: number;
  readonly of: (at: Row, logDensity: number) => number;
}

const watchedIn = (places: readonly Place[], density: Place): readonly Watched[] => [
  ...places.flatMap((place, j): readonly Watched[] => [
    { name: `coordinate ${j}`, range: 4, of: (at) => scaled(at[j] ?? Number.NaN, place) },
    {
      name: `the distance of coordinate ${j} from its middle`,
      range: 2,
      of: (at) => scaled(at[j] ?? Number.NaN, place) ** 2,
    },
  ]),
  { name: 'the log density', range: 4, of: (_, logDensity) => scaled(logDensity, density) },
];

/** Steps between other draws, which are symmetric, and keep a sum that all draws have. */
const stepsBetween = (subject: Subject, entry: number): readonly Row[] => {
  const draws = drawsAt(subject, entry);
  const split = Math.floor(subject.draws / 10);
  const half = Math.floor(split / 2);
  return draws.map((_, i) => {
    const [from, to] = [draws[i % half] ?? [], draws[half + ((i * 7) % half)] ?? []];
    return to.map((x, j) => x - (from[j] ?? 0));
  });
};

/** A step for each draw: whole, and symmetric. */
const stepsOf = (subject: Subject, entry: number, places: readonly Place[]): readonly Row[] => {
  const size = places.length;
  const noise = randomNormal(
    foldIn(foldIn(key(subject.seed), 'moves'), entry),
    subject.draws * size,
  );
  return Array.from({ length: subject.draws }, (_, i) =>
    places.map(({ spread }, j) =>
      Math.round(((noise[i * size + j] ?? 0) * spread * 1.7) / Math.sqrt(size)),
    ),
  );
};

/**
 * Metropolis moves z → z + ε, accepted with probability a = min(1, p(z + ε) / p(z)), leave the law of
 * density p as it is. So E a (h(z + ε) − h(z)) = 0 for bounded h: of each coordinate, its distance from
 * the middle, and log p. The first tenth of the draws says where the middle is.
 *
 * Tells whether any move could be accepted: otherwise nothing was found out.
 */
export const checkBalance = (subject: Subject): boolean => {
  const { support } = subject.distribution;
  const split = Math.floor(subject.draws / 10);
  const entries = Array.from({ length: batchSize(subject) }, (_, entry) => {
    const at = drawsAt(subject, entry);
    const places = (at[0] ?? []).map((_x, j) => placeOf(column(at.slice(0, split), j)));
    const steps = support.closure.together
      ? stepsBetween(subject, entry)
      : stepsOf(subject, entry, places);
    const to = at.map((z, i) => z.map((x, j) => x + (steps[i]?.[j] ?? 0)));
    return { at, places, to, inside: to.map((event) => isInside(support, event)) };
  });
  const before = logProbAt(
    subject,
    entries.map(({ at }) => at),
  );
  const after = logProbAt(
    subject,
    // Nothing is asked of a density outside of its support.
    entries.map(({ at, to, inside }) => to.map((z, i) => (inside[i] ? z : (at[i] ?? [])))),
  );
  const watchedCount = 2 * (entries[0]?.places.length ?? 0) + 1;
  const alarm = subject.alarm / (entries.length * watchedCount);
  const isTold = entries.map(({ at, places, to, inside }, entry) => {
    const [from = [], until = []] = [before[entry], after[entry]];
    const accepted = at.map((_, i) =>
      inside[i] === true
        ? Math.min(1, Math.exp((until[i] ?? Number.NaN) - (from[i] ?? Number.NaN)))
        : 0,
    );
    for (const { name, range, of } of watchedIn(places, placeOf(from.slice(0, split)))) {
      const changes = at
        .map((z, i) =>
          accepted[i] === 0
            ? 0
            : (accepted[i] ?? 0) * (of(to[i] ?? [], until[i] ?? 0) - of(z, from[i] ?? 0)),
        )
        .slice(split);
      const n = changes.length;
      const sampled = (variance(changes) * n) / (n - 1);
      expectClose(
        claim('draws follow the density', subject),
        `the mean change of ${name} by moves that keep the density, at batch entry ${entry},`,
        mean(changes),
        0,
        { absolute: sampledMeanThreshold(n, sampled, range, alarm), relative: 0 },
      );
    }
    return accepted.some((a, i) => a > 0 && to[i]?.some((x, j) => x !== at[i]?.[j]) === true);
  });
  return isTold.some(Boolean);
};
