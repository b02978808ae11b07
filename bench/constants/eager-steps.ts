/**
 * What a kernel costs in a step that is interpreted: noise, optimiser and the state's tensors are part of
 * it, so whole steps of two sizes are compared.
 */
import { freeState, key } from 'marginalia';
import type { RunCosts } from '../../src/compile/choice/costs.js';
import { recordStep } from '../../src/inference/compiled/step-graphs.js';
import { eagerStepper } from '../../src/inference/stepper.js';
import { chainStudy } from '../cases/chain.js';
import { caseNamed } from '../catalogue.js';
import { positive } from './positive.js';
import { timeOfRun } from './ways.js';

const timed = async (sites: string): Promise<{ readonly ns: number; readonly kernels: number }> => {
  const of = caseNamed(sites);
  if (of.kind !== 'chain') throw new Error(`${sites} is no chain`);
  const { inference } = chainStudy(of);
  const first = inference.init(key(0), {});
  const { phases } = recordStep(inference, first, {});
  const kernels = phases
    .flatMap(({ asked }) => asked)
    .reduce((n, { nodes }) => n + nodes.length, 0);
  const stepper = eagerStepper(inference, first);
  const ns = await timeOfRun({ run: async () => void (await stepper.advance({}, 1)) });
  await stepper.close();
  freeState(first);
  return { ns, kernels };
};

/** Overheads of eager steps on the backend in use. */
export const eagerOverheads = async (): Promise<Pick<RunCosts, 'call' | 'node' | 'port'>> => {
  const [small, large] = [await timed('3 sites'), await timed('30 sites')];
  const node = (large.ns - small.ns) / (large.kernels - small.kernels);
  return { node: positive(node), port: 0, call: positive(small.ns - small.kernels * node) };
};
