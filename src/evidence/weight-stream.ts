/** Importance weights a chunk at a time, so that memory does not grow with their number. */
import type { Tensor } from '../../dsl/index.js';
import { type Key, foldIn } from '../random/index.js';

/** How weights are drawn. */
export interface StreamOptions {
  readonly key: Key;
  readonly samples: number;
  readonly chunk: number;
}

/** log w of `count` draws, `[count, ...]`; the stream frees it. */
export type WeightsOf = (count: number, key: Key, first: number) => Promise<Tensor>;

/** Some rows of log weights, row-major. */
export interface WeightRows {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Draws `samples` weights, each chunk with a key of its own. */
export async function* weightStream(
  { key, samples, chunk }: StreamOptions,
  weightsOf: WeightsOf,
): AsyncGenerator<WeightRows, void, void> {
  for (let done = 0, part = 0; done < samples; part += 1) {
    const rows = Math.min(chunk, samples - done);
    const weights = await weightsOf(rows, foldIn(key, part), done);
    const values = await weights.data();
    weights.dispose();
    yield { values, rows, columns: values.length / rows };
    done += rows;
  }
}
