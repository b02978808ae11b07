/**
 * Steps of the language against the same mathematics by hand, interleaved in one process.
 * `--json` prints `[{ case, peer, ms, ratio }]`, where ratio is ours / the peer's.
 */
import { useBackend } from 'marginalia';
import { vaeCase } from './cases/vae.js';
import { type Contender, interleave } from './measure.js';
import { tfjsVae } from './peers/tfjs-vae.js';

interface Row {
  readonly case: string;
  readonly peer: string;
  readonly ms: number;
  readonly ratio: number;
}

const sizes = { pixels: 784, hidden: 400, latent: 20 };

interface Case {
  readonly name: string;
  readonly batch: number;
  readonly posterior: 'diagonal' | 'full';
}

const cases: readonly Case[] = [
  { name: 'vae-128', batch: 128, posterior: 'diagonal' },
  { name: 'vae-512', batch: 512, posterior: 'diagonal' },
  { name: 'vae-full-128', batch: 128, posterior: 'full' },
];

/** The hand-written step has a diagonal posterior in every case: the full one is held against it. */
const measure = async ({ name, batch, posterior }: Case): Promise<readonly Row[]> => {
  const all = { ...sizes, batch };
  const contenders: readonly Contender[] = [
    await vaeCase('marginalia', all, posterior, 'compiled'),
    await vaeCase('marginalia-eager', all, posterior, 'eager'),
    tfjsVae('tfjs-wasm', all),
  ];
  const [own, ...others] = await interleave(contenders, { rounds: 15, warmup: 3 });
  if (own === undefined) return [];
  return [
    { case: name, peer: own.name, ms: own.ms, ratio: 1 },
    ...others.map((o) => ({ case: name, peer: o.name, ms: o.ms, ratio: own.ms / o.ms })),
  ];
};

await useBackend('wasm')();
const rows: Row[] = [];
for (const one of cases) rows.push(...(await measure(one)));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2));
else {
  for (const row of rows) {
    console.log(
      `${row.case.padEnd(14)} ${row.peer.padEnd(17)} ${row.ms.toFixed(1).padStart(8)} ms  ` +
        `ours / peer ${row.ratio.toFixed(2)}`,
    );
  }
}
