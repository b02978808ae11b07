/** How many plate axes a program has, found by running it once. */
import * as tf from '@tensorflow/tfjs';
import type { Program } from '../../dsl/index.js';
import type { NoiseSource } from '../random/noise-source.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import { type Environment, parameterOf } from './environment.js';
import { runProgram } from './run.js';
import { checkTerms } from './score-record.js';

/** The middle of each law: enough to see shapes, and no key is needed. */
const still: NoiseSource = (_site, _block, noise, batch) =>
  tf.fill([...batch, ...noise.shape], noise.law === 'uniform' ? 0.5 : 0);

/** What one run without particles shows of a program. */
export interface Extent {
  /** The most plate axes around any site, or any draw that is no site. */
  readonly depth: number;
  /** How many axes the value of each site has. */
  readonly ranks: ReadonlyMap<string, number>;
}

/** Runs a program once to see how far its plates and values reach. */
export const extentOf = <E, A>(program: Program<E, A>, env: Environment): Extent =>
  tidied(
    () => {
      const { records, hidden } = runProgram(program, {
        noise: still,
        parameter: parameterOf(env.params ?? {}, still),
        // Given values may have a particle axis, and which plates there are depends on none.
        choose: () => ({ from: 'noise' }),
      });
      checkTerms(records);
      return {
        depth: Math.max(0, ...[...records, ...hidden].flatMap((r) => r.plates.map((p) => -p.axis))),
        ranks: new Map(records.map((r) => [r.name, r.value.rank])),
      };
    },
    () => [],
  );

/** The most plate axes around any site of a program. */
export const depthOf = <E, A>(program: Program<E, A>, env: Environment): number =>
  extentOf(program, env).depth;
