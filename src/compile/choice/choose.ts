/** Takes the cheapest way that can be had. */
import * as E from 'fp-ts/lib/Either.js';
import type { ExecutableError } from '../executable.js';
import type { Graph } from '../../graph/graph.js';
import { type Given, type Weighed, openWays, ranked, wayCosts } from './ways.js';

/** What was made, and how. */
export interface Chosen<W, A> {
  readonly by: W;
  readonly made: A;
  /** Why what is cheaper was not taken. */
  readonly refused: readonly ExecutableError[];
}

/** Makes the first of some ways, the best first, that can be made. */
export const firstThatCan = async <W, A>(
  ways: readonly W[],
  make: (way: W) => Promise<E.Either<ExecutableError, A>>,
): Promise<E.Either<ExecutableError, Chosen<W, A>>> => {
  const refused: ExecutableError[] = [];
  for (const by of ways) {
    const made = await make(by);
    if (E.isRight(made)) return E.right({ by, made: made.right, refused });
    refused.push(made.left);
  }
  const nothing: ExecutableError = { _tag: 'tooLarge', reason: 'no executor was allowed' };
  return E.left(refused.at(-1) ?? nothing);
};

/** The ways to run one graph, the best first: a function of what it is given, and of nothing else. */
export const weighGraph = (graph: Graph, asked: Graph, given: Given): readonly Weighed[] => {
  const [costs, eagerly] = [wayCosts(graph), wayCosts(asked)];
  return ranked(
    openWays(given).map((way) => ({ way, ns: way._tag === 'eager' ? eagerly(way) : costs(way) })),
  );
};
