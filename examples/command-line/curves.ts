/** What is remembered of a fit while it is trained, beside its state. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Notes } from 'marginalia/checkpoints';
import type { Times } from './stopwatch.js';

const TimesJson = { seconds: t.number, cpuSeconds: t.number };
const Point = t.type({ step: t.number, value: t.number, ...TimesJson });
const CurvesJson = t.type({
  losses: t.array(Point),
  watched: t.array(Point),
  ...TimesJson,
});

/** A value after a step, and the time of training until then. */
export type CurvePoint = Readonly<t.TypeOf<typeof Point>>;

/** The history of a fit, and the time that it took. */
export interface Curves extends Times {
  /** Mean losses of the steps since the point before. */
  readonly losses: readonly CurvePoint[];
  readonly watched: readonly CurvePoint[];
}

/** As a checkpoint keeps it. */
export const noteOf = (curves: Curves): string => JSON.stringify(curves);

/** What the notes of a checkpoint say, or the beginning. */
export const curvesFrom = (notes: Notes): Curves =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(notes['curves'] ?? ''), String),
    E.chainW(CurvesJson.decode),
    E.getOrElse((): Curves => ({ losses: [], watched: [], seconds: 0, cpuSeconds: 0 })),
  );
