/**
 * `npm run laws`: asks every exact law of sound models and generated ones over 2,000 seeds on each backend,
 * both at once, and writes `docs/tables/exact-laws.md`. The exit code is 1 where a law fails: no exact law
 * may do so by chance. One that was stopped goes on where it was.
 *
 * `-- --seeds 200` asks fewer; `-- --backend cpu` asks one backend.
 */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { useBackend } from 'marginalia';
import { format, resolveConfig } from 'prettier';
import { right } from '../either.js';
import { campaign } from './exact-laws.js';
import { alarmsIn, exactLawsPage } from './exact-laws-table.js';
import {
  type Asked,
  BACKENDS,
  type Backend,
  addToRecord,
  digestOf,
  readRecord,
  slicesLeft,
} from './record.js';
import { soundSubjects } from './sound-subjects.js';

const PAGE = 'docs/tables/exact-laws.md';

/** Seeds that are asked before anything is written down. */
const MOST = 10;

/** The first seed on each backend: what is computed alike on both is asked of other draws. */
const FIRST = { cpu: 0, wasm: 1_000_000 } as const;

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '2000' }, backend: { type: 'string' } },
});

const each = Math.ceil(Number(values.seeds) / soundSubjects.length);
if (!(each >= 1)) throw new Error(`laws: expected --seeds of 1 or more, but got ${values.seeds}.`);

const code = digestOf(['dist/dsl', 'dist/src', 'dist/test/laws', 'dist/test/testing/bounds']);

const fileOf = (backend: Backend): string => `dist/laws/${backend}.jsonl`;

const known = (backend: Backend): readonly Asked[] => readRecord(fileOf(backend), code);

/** Asks what is left on one backend. */
const ask = async (backend: Backend): Promise<void> => {
  right(await useBackend(backend)());
  const names = soundSubjects.map(({ name }) => name);
  for (const slice of slicesLeft(names, { backend, each, most: MOST }, known(backend))) {
    const [subject] = soundSubjects.filter(({ name }) => name === slice.subject);
    if (subject === undefined) continue;
    const began = performance.now();
    const first = FIRST[backend] + slice.first;
    const seeds = Array.from({ length: slice.seeds }, (_, i) => first + i);
    const asked: Asked = { ...slice, ...(await campaign(subject, seeds)) };
    addToRecord(fileOf(backend), code, asked);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const last = slice.first + slice.seeds;
    console.log(`${backend}: ${slice.subject}, ${last} of ${each} seeds, the last in ${seconds} s`);
    for (const { law, seed, said } of asked.alarms) console.log(`ALARM ${law} ${seed}: ${said}`);
  }
};

/** Asks on both backends at once, each in a process of its own. */
const askAll = async (): Promise<void> => {
  const children = BACKENDS.map(
    (backend) =>
      new Promise<number | null>((resolve, reject) => {
        const asked = ['--backend', backend, '--seeds', values.seeds];
        const child = fork(process.argv[1] ?? '', asked);
        child.on('error', reject).on('close', resolve);
      }),
  );
  const codes = await Promise.all(children);
  if (codes.some((c) => c !== 0)) throw new Error('laws: a backend could not be asked to the end.');
};

const [one] = BACKENDS.filter((b) => b === values.backend);
if (values.backend !== undefined && one === undefined) {
  throw new Error(
    `laws: expected --backend to be ${BACKENDS.join(' or ')}, not ${values.backend}.`,
  );
}
if (one === undefined) {
  await askAll();
  const asked = BACKENDS.flatMap(known);
  const options = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(exactLawsPage(asked), { ...options, filepath: PAGE }));
  const alarms = alarmsIn(asked);
  console.log(`${alarms.length} alarms; ${PAGE} is written`);
  process.exitCode = alarms.length === 0 ? 0 : 1;
} else {
  await ask(one);
}
