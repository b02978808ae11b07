/** What is remembered of a fit while it is trained, beside its state. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Notes } from 'marginalia';

const Point = t.type({ step: t.number, value: t.number, seconds: t.number });
const CurvesJson = t.type({
  losses: t.array(Point),
  watched: t.array(Point),
  seconds: t.number,
});

/** A value after a step, and the seconds of training until then. */
export type CurvePoint = Readonly<t.TypeOf<typeof Point>>;

/** The history of a fit. */
export interface Curves {
  /** Mean losses of the steps since the point before. */
  readonly losses: readonly CurvePoint[];
  readonly watched: readonly CurvePoint[];
  /** What training took, without what was measured. */
  readonly seconds: number;
}

/** As a checkpoint keeps it. */
export const noteOf = (curves: Curves): string => JSON.stringify(curves);

/** What the notes of a checkpoint say, or the beginning. */
export const curvesFrom = (notes: Notes): Curves =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(notes['curves'] ?? ''), String),
    E.chainW(CurvesJson.decode),
    E.getOrElse((): Curves => ({ losses: [], watched: [], seconds: 0 })),
  );
