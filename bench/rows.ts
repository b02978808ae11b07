/** The results that `--json` prints. */
import type { Found, Measured } from './measure.js';
import { type Peer, published } from './peers.js';

/** `ms` is the mean of the peer's step, and `ratio` that of ours over it. */
export interface Row {
  readonly case: string;
  readonly peer: Peer;
  readonly ms: number;
  readonly ratio: number;
}

/** What was found of a peer. */
export const foundOf = (found: readonly Found[], peer: Found['peer']): Found | undefined =>
  found.find((f) => f.peer === peer);

const short = (x: number): number => Number(x.toPrecision(5));

export const rowsOf = ({ of, own, others }: Measured): readonly Row[] =>
  published.flatMap((peer) => {
    const found = foundOf(others, peer);
    return found === undefined
      ? []
      : [{ case: of.name, peer, ms: short(found.ms), ratio: short(own.ms / found.ms) }];
  });
