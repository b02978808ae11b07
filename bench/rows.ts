/** The results that `--json` prints. */
import type { Found, Measured } from './measure.js';
import { type Peer, published } from './peers.js';

/** `ms` is the median of the peer's step, and `ratio` that of ours over it. */
export interface Row {
  readonly case: string;
  readonly peer: Peer;
  readonly ms: number;
  readonly ratio: number;
}

/** The fastest setting of a peer. */
export const fastest = (found: readonly Found[], peer: Found['peer']): Found | undefined =>
  found.filter((f) => f.peer === peer).toSorted((a, b) => a.ms - b.ms)[0];

const short = (x: number): number => Number(x.toPrecision(5));

export const rowsOf = ({ of, own, others }: Measured): readonly Row[] =>
  published.flatMap((peer) => {
    const best = fastest(others, peer);
    return best === undefined
      ? []
      : [{ case: of.name, peer, ms: short(best.ms), ratio: short(own.ms / best.ms) }];
  });
