/** No exact law fails by chance: over 2,000 seeds of networks, hierarchies and generated cases, on both backends. */
import { useBackend } from 'marginalia';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaign } from './exact-laws.js';
import { soundSubjects } from './sound-subjects.js';

/** How many seeds, over all subjects and backends. */
const SEEDS = Number(process.env['LAWS_SEEDS'] ?? 2000);

const each = Math.ceil(SEEDS / soundSubjects.length / 2);

describe.each(['cpu', 'wasm'] as const)('exact laws on %s', (backend) => {
  beforeAll(useBackend(backend));
  afterAll(() => useBackend('wasm')());

  it.each(soundSubjects)('raise no alarm for $name', async (subject) => {
    const first = backend === 'cpu' ? 0 : each;
    const seeds = Array.from({ length: each }, (_, i) => first + i);
    const { alarms, tallies } = await campaign(subject, seeds);
    expect(alarms).toEqual([]);
    // Each law that says anything of such subjects was asked.
    expect(tallies['checkReplay']?.kept).toBe(each);
  });
});
