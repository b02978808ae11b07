/** Student's t law in double precision, for host code. */
import { betaLogit, betaShares, logBetaShares } from './beta.js';
import { logTail, normalQuantileOfLog } from './normal.js';

/** From here on the law is so near to the normal one that expansions in 1 / ν are exact to eight digits. */
const NEARLY_NORMAL = 1e5;

/** The normal number with the share of t (Hill, Algorithm 395: Student's t-distribution, 1970). */
const normalOf = (t: number, df: number): number => {
  const a = df - 0.5;
  const b = 48 * a * a;
  const z = Math.sqrt(a * Math.log1p((t * t) / df));
  const [square, cube] = [z * z, z ** 3];
  const rest = ((4 * square + 33) * square + 240) * square + 855;
  return z + (cube + 3 * z) / b - (z * rest) / (10 * b * (b + 0.8 * square * square + 100));
};

/** log P(T > t) for t ≥ 0: half the share of a beta law (DLMF 8.17.2). */
const logUpper = (t: number, df: number): number => {
  if (t === Infinity) return -Infinity;
  const square = t * t;
  if (df >= NEARLY_NORMAL && square < 40 * Math.sqrt(df / NEARLY_NORMAL)) {
    return logTail(normalOf(t, df));
  }
  return logBetaShares(df / 2, 0.5, df / (df + square), square / (df + square)).below - Math.LN2;
};

/** log P(T ≤ t) for `df` degrees of freedom, relative to itself on the left. */
export const logStudentShare = (t: number, df: number): number => {
  if (!(df > 0) || Number.isNaN(t)) return Number.NaN;
  return t <= 0 ? logUpper(-t, df) : Math.log1p(-Math.exp(logUpper(t, df)));
};

/** P(−t ≤ T ≤ t) for t ≥ 0, relative to itself. */
export const studentWithin = (t: number, df: number): number => {
  if (!(df > 0 && t >= 0)) return Number.NaN;
  if (t > 1) return -Math.expm1(Math.LN2 + logUpper(t, df));
  return betaShares(0.5, df / 2, (t * t) / (df + t * t), df / (df + t * t)).below;
};

/** The t ≥ 0 of a normal number (Johnson, Kotz and Balakrishnan 2, section 28.4). */
const fromNormal = (z: number, df: number): number => {
  const s = z * z;
  const first = (s + 1) / 4;
  const second = ((5 * s + 16) * s + 3) / 96;
  const third = (((3 * s + 19) * s + 17) * s - 15) / 384;
  return z * (1 + (first + (second + third / df) / df) / df);
};

/** The t ≥ 0 with log P(T > t) = log of `above` ≤ ½, and P(0 < T < t) = `within`. */
const upperQuantile = (log: number, above: number, within: number, df: number): number => {
  if (within <= 0) return 0;
  if (df >= NEARLY_NORMAL && log > -700 && within > 0.3)
    return fromNormal(-normalQuantileOfLog(log), df);
  // The logit of t² / (ν + t²).
  const logit = betaLogit({ below: 2 * within, above: 2 * above }, 0.5, df / 2);
  return Math.sqrt(df) * Math.exp(logit / 2);
};

/** The t below which there is a share u. */
export const studentQuantile = (u: number, df: number): number => {
  if (!(df > 0 && u >= 0 && u <= 1)) return Number.NaN;
  const smaller = Math.min(u, 1 - u);
  if (smaller === 0) return u === 0 ? -Infinity : Infinity;
  const t = upperQuantile(Math.log(smaller), smaller, Math.abs(u - 0.5), df);
  return u < 0.5 ? -t : t;
};

/** The t with log P(T ≤ t) = `log`. */
export const studentQuantileOfLog = (log: number, df: number): number => {
  if (!(df > 0 && log <= 0)) return Number.NaN;
  if (log === -Infinity) return -Infinity;
  if (log > -Math.LN2) return -studentQuantileOfLog(Math.log(-Math.expm1(log)), df);
  const above = Math.exp(log);
  return -upperQuantile(log, above, 0.5 - above, df);
};

/** The t with P(−t ≤ T ≤ t) = u. */
export const studentWithinQuantile = (u: number, df: number): number => {
  if (!(df > 0 && u >= 0 && u <= 1)) return Number.NaN;
  return u === 1 ? Infinity : upperQuantile(Math.log1p(-u) - Math.LN2, (1 - u) / 2, u / 2, df);
};
