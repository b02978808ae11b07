/** One pass over importance weights that leaves what every bound of a bracket is made of. */
import { type Gathered, gatherer } from './log-evidence.js';
import type { Estimates } from './weight-sums.js';
import { type StreamOptions, type WeightsOf, weightStream } from './weight-stream.js';
import { foldIn } from '../random/index.js';
import { type RunningMeans, runningMeans } from './moments.js';

interface GatherOptions extends StreamOptions {
  readonly particles: number;
  readonly order: number;
}

/** Bounds from exact posterior draws. */
interface FromExact {
  readonly eubo: Estimates;
  readonly draws: number;
  readonly reverse: Estimates;
  readonly groups: number;
}

export interface GatheredBracket {
  readonly gathered: Gathered;
  readonly elbo: Estimates;
  readonly iwae: Estimates;
  /** Whole groups of K draws. */
  readonly groups: number;
  readonly exact?: FromExact;
}

const estimatesOf = (running: RunningMeans): Estimates => {
  const { mean, standardError } = running.means();
  return { values: mean, standardErrors: standardError };
};

/** log(e^a + e^b). */
const logAdd = (a: number, b: number): number => {
  const peak = Math.max(a, b);
  return Number.isFinite(peak) ? peak + Math.log(Math.exp(a - peak) + Math.exp(b - peak)) : a + b;
};

/** The weights of exact draws: one row for each group that will hold one, and the mean of all. */
const gatherExact = async (
  options: StreamOptions,
  weightsOf: WeightsOf,
  groups: number,
): Promise<{ readonly rows: readonly Float64Array[]; readonly eubo: Estimates }> => {
  const rows: Float64Array[] = [];
  let mean: RunningMeans | undefined;
  for await (const { values, rows: count, columns } of weightStream(options, weightsOf)) {
    mean ??= runningMeans(columns);
    for (let i = 0; i < count; i += 1) {
      const row = Float64Array.from({ length: columns }, (_, j) => values[i * columns + j] ?? NaN);
      for (const [j, w] of row.entries()) mean.add(j, w);
      if (rows.length < groups) rows.push(row);
    }
  }
  if (mean === undefined) throw new Error('evidence.bracket: no draw of the posterior was given.');
  return { rows, eubo: estimatesOf(mean) };
};

/** Groups of K draws, as they come: their log mean, and that with the first draw an exact one. */
const groupsOf = (columns: number, particles: number, exact: readonly Float64Array[]) => {
  const forward = runningMeans(columns);
  const reverse = runningMeans(columns);
  const all = new Float64Array(columns);
  const others = new Float64Array(columns);
  let inGroup = 0;
  let groups = 0;
  return {
    add: (j: number, w: number): void => {
      all[j] = inGroup === 0 ? w : logAdd(all[j] ?? 0, w);
      if (inGroup > 0) others[j] = inGroup === 1 ? w : logAdd(others[j] ?? 0, w);
    },
    counted: (): void => {
      inGroup += 1;
      if (inGroup < particles) return;
      const row = exact[groups];
      for (let j = 0; j < columns; j += 1) {
        forward.add(j, (all[j] ?? 0) - Math.log(particles));
        if (row === undefined) continue;
        const own = row[j] ?? Number.NaN;
        const sum = particles === 1 ? own : logAdd(own, others[j] ?? 0);
        reverse.add(j, sum - Math.log(particles));
      }
      inGroup = 0;
      groups += 1;
    },
    found: () => ({
      iwae: estimatesOf(forward),
      groups,
      reverse: estimatesOf(reverse),
      reverseGroups: Math.min(groups, exact.length),
    }),
  };
};

/** Draws all weights once; memory is that of a chunk, and of one exact draw a group. */
export const gatherBracket = async (
  { key, samples, chunk, particles, order }: GatherOptions,
  weightsOf: WeightsOf,
  posterior?: { readonly draws: number; readonly weightsOf: WeightsOf },
): Promise<GatheredBracket> => {
  const exact =
    posterior === undefined
      ? undefined
      : await gatherExact(
          { key: foldIn(key, 'posterior'), samples: posterior.draws, chunk },
          posterior.weightsOf,
          Math.floor(samples / particles),
        );
  const begin = (columns: number) => ({
    gathering: gatherer(columns, samples, order),
    mean: runningMeans(columns),
    groups: groupsOf(columns, particles, exact?.rows ?? []),
  });
  let running: ReturnType<typeof begin> | undefined;
  for await (const { values, rows, columns } of weightStream({ key, samples, chunk }, weightsOf)) {
    running ??= begin(columns);
    const { gathering, mean, groups } = running;
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        const w = values[i * columns + j] ?? Number.NaN;
        gathering.add(j, w);
        mean.add(j, w);
        groups.add(j, w);
      }
      gathering.counted();
      groups.counted();
    }
  }
  if (running === undefined) throw new Error('evidence.bracket: no sample was drawn.');
  const { iwae, groups, reverse, reverseGroups } = running.groups.found();
  return {
    gathered: running.gathering.gathered(),
    elbo: estimatesOf(running.mean),
    iwae,
    groups,
    ...(exact &&
      posterior && {
        exact: { eubo: exact.eubo, draws: posterior.draws, reverse, groups: reverseGroups },
      }),
  };
};
