/** Sends every graph that ONNX Runtime runs in a test both roads. */
import { vi } from 'vitest';

vi.mock('../../../src/compile/onnx/installed.js', async (original) => {
  const { bothRoads } = await import('./both-roads.js');
  const runtime = bothRoads();
  return { ...(await original<object>()), installedRuntime: () => runtime };
});
