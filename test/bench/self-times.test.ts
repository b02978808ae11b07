/** Times of functions from a profile that is known. */
import { expect, it } from 'vitest';
import { operatorTimes } from '../../bench/profile/operators.js';
import { selfTimes } from '../../bench/profile/self-times.js';

const node = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, scriptId: '0', url, lineNumber, columnNumber: -1 },
  hitCount: 0,
});

it('adds up what was spent in a function, however it was called, the longest first', () => {
  const path = 'file:///a/b/src/random/drawer.js';
  const nodes = [
    node(1, '(root)'),
    node(2, 'draw', path, 41),
    node(3, '(garbage collector)'),
    node(4, 'draw', path, 41),
    node(5, ''),
  ];
  const profile = {
    nodes,
    startTime: 0,
    endTime: 9000,
    samples: [2, 3, 4, 5, 2],
    timeDeltas: [1000, 500, 2000, 1500, 3000],
  };
  expect(selfTimes(profile)).toEqual([
    { name: 'draw', at: 'src/random/drawer.js:42', ms: 6 },
    { name: '(a function without a name)', at: '', ms: 1.5 },
    { name: '(garbage collector)', at: '', ms: 0.5 },
  ]);
});

it('adds up what a run spends in the nodes of an operator', () => {
  const kernel = (op_name: string, dur: number) => ({
    cat: 'Node',
    name: `node_${dur}_kernel_time`,
    dur,
    args: { op_name },
  });
  const run = [kernel('Exp', 100), kernel('Gemm', 500), kernel('Gemm', 700)];
  const others = [
    { cat: 'Session', name: 'model_run', dur: 9000 },
    { cat: 'Node', name: 'node_fence_before', dur: 5, args: { op_name: 'Gemm' } },
  ];
  expect(operatorTimes([...run, ...others, ...run], 2)).toEqual([
    { operator: 'Gemm', nodes: 2, ms: 1.2 },
    { operator: 'Exp', nodes: 1, ms: 0.1 },
  ]);
});
