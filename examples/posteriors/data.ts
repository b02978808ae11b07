/** Data sets and reference posteriors, from files of posteriordb or, for one of them, from here. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { halfNormal, independent, mask, normal } from 'marginalia';
import { halfCauchy } from 'marginalia/distributions';
import { Refusal } from '../command-line/refusal.js';
import { eightSchools, schoolsData } from './eight-schools.js';
import { gpPoisson } from './gp-poisson.js';
import { hiddenChain } from './hidden-markov.js';
import { normalMixture } from './normal-mixture.js';
import type { Problem } from './problem.js';
import { allBeta, interceptApart, regression } from './regression.js';

const Numbers = t.readonlyArray(t.number);

/** What a long run of another sampler found of one number. */
const Marginal = t.strict({ mean: t.number, sd: t.number, 'q2.5': t.number, 'q97.5': t.number });
export type Marginal = t.TypeOf<typeof Marginal>;

const Reference = t.readonlyArray(
  t.type({ model: t.string, params: t.record(t.string, Marginal) }),
);

/** A problem with the answer. */
export interface Task {
  readonly problem: Problem;
  /** By the names of the reference: `mu`, `beta[1]`. */
  readonly reference: Readonly<Record<string, Marginal>>;
}

/** Eight schools, by heart: the reference is that of posteriordb. */
export const ownTask: Task = {
  problem: eightSchools(schoolsData),
  reference: {
    'theta[1]': { mean: 6.1505, sd: 5.6159, 'q2.5': -3.2618, 'q97.5': 20.044 },
    'theta[2]': { mean: 4.9396, sd: 4.6456, 'q2.5': -3.8757, 'q97.5': 14.824 },
    'theta[3]': { mean: 3.9059, sd: 5.2807, 'q2.5': -7.7918, 'q97.5': 13.64 },
    'theta[4]': { mean: 4.796, sd: 4.7709, 'q2.5': -4.6204, 'q97.5': 14.633 },
    'theta[5]': { mean: 3.6144, sd: 4.6147, 'q2.5': -6.5645, 'q97.5': 12.257 },
    'theta[6]': { mean: 4.0511, sd: 4.7962, 'q2.5': -6.1805, 'q97.5': 13.156 },
    'theta[7]': { mean: 6.3172, sd: 5.0029, 'q2.5': -2.0769, 'q97.5': 18.065 },
    'theta[8]': { mean: 4.884, sd: 5.3177, 'q2.5': -5.4896, 'q97.5': 15.819 },
    mu: { mean: 4.4105, sd: 3.3093, 'q2.5': -1.9739, 'q97.5': 10.925 },
    tau: { mean: 3.6021, sd: 3.1985, 'q2.5': 0.11491, 'q97.5': 11.984 },
  },
};

/** What is reported of a file may hold all of it. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const readAs = async <A>(codec: t.Type<A>, folder: string, file: string): Promise<A> => {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Refusal(
      `--data: cannot read ${path} (${String(error)}); give the folder of the posteriordb files.`,
    );
  });
  const parsed = E.tryCatch((): unknown => JSON.parse(text), String);
  const decoded = E.isLeft(parsed)
    ? E.left([parsed.left])
    : E.mapLeft((e: t.Errors) => PathReporter.report(E.left(e)))(codec.decode(parsed.right));
  if (E.isLeft(decoded))
    throw new Refusal(
      `--data: ${path} is not what was expected: ${shortened(decoded.left[0] ?? '')}.`,
    );
  return decoded.right;
};

const flat = (k: number) =>
  independent(
    mask(
      normal(
        Array.from({ length: k }, () => 0),
        1,
      ),
      0,
    ),
  );
const wide = (k: number) =>
  independent(
    normal(
      Array.from({ length: k }, () => 0),
      10,
    ),
  );

/** The eight posteriors of a folder. */
export const tasksIn = async (folder: string): Promise<readonly Task[]> => {
  const reference = await readAs(Reference, folder, 'reference.json');
  const ar = await readAs(t.type({ K: t.number, y: Numbers }), folder, 'arK.json');
  const earnings = await readAs(
    t.type({ earn: Numbers, height: Numbers }),
    folder,
    'earnings.json',
  );
  const schools = await readAs(
    t.type({ y: Numbers, sigma: Numbers }),
    folder,
    'eight_schools.json',
  );
  const kids = await readAs(t.type({ kid_score: Numbers, mom_iq: Numbers }), folder, 'kidiq.json');
  const points = await readAs(t.type({ y: Numbers }), folder, 'low_dim_gauss_mix.json');
  const blr = await readAs(
    t.type({ X: t.readonlyArray(Numbers), y: Numbers }),
    folder,
    'sblrc.json',
  );
  const process = await readAs(t.type({ x: Numbers, k: Numbers }), folder, 'gp_pois_regr.json');
  const chain = await readAs(t.type({ y: Numbers }), folder, 'hmm_example.json');
  const lags = ar.y
    .slice(ar.K)
    .map((_, i) => [1, ...Array.from({ length: ar.K }, (_k, k) => ar.y[ar.K + i - 1 - k] ?? 0)]);
  const problems: readonly Problem[] = [
    regression({
      name: 'arK',
      predictors: lags,
      y: ar.y.slice(ar.K),
      coefficients: wide(ar.K + 1),
      sigma: halfCauchy(2.5),
      named: interceptApart,
    }),
    regression({
      name: 'logearn_height',
      predictors: earnings.height.map((h) => [1, h]),
      y: earnings.earn.map(Math.log),
      coefficients: flat(2),
      sigma: mask(halfNormal(1), 0),
      named: allBeta,
    }),
    eightSchools(schools.y.map((y, j) => [y, schools.sigma[j] ?? Number.NaN])),
    regression({
      name: 'kidscore_momiq',
      predictors: kids.mom_iq.map((iq) => [1, iq]),
      y: kids.kid_score,
      coefficients: flat(2),
      sigma: halfCauchy(2.5),
      named: allBeta,
    }),
    normalMixture(points.y.map((y) => [y])),
    hiddenChain(chain.y.map((y) => [y])),
    regression({
      name: 'blr',
      predictors: blr.X,
      y: blr.y,
      coefficients: wide(blr.X[0]?.length ?? 1),
      sigma: halfNormal(10),
      named: allBeta,
    }),
    gpPoisson(process.x.map((x, i) => [x, process.k[i] ?? Number.NaN])),
  ];
  return problems.map((problem) => {
    const found = reference.find((r) => r.model === problem.name);
    if (found === undefined) {
      throw new Refusal(`--data: reference.json in ${folder} has no posterior of ${problem.name}.`);
    }
    return { problem, reference: found.params };
  });
};
