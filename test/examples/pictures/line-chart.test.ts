/** Charts of lines as a reader sees them: what the legend shows, and how long a file is. */
import { describe, expect, it } from 'vitest';
import { lineChart } from '../../../examples/pictures/line-chart.js';

const chart = (levels: readonly { readonly name: string; readonly y: number }[] = []) =>
  lineChart({
    title: 'Two',
    x: { title: 'x' },
    y: { title: 'y' },
    lines: [
      {
        name: 'network',
        points: [
          [0, 0],
          [1, 1 / 3],
          [2, 2 / 7],
        ],
      },
      {
        name: 'truth',
        dashed: true,
        points: [
          [0, 0],
          [1, 1 / 7],
          [2, 1 / 3],
        ],
      },
    ],
    levels,
  });

const symbols = (svg: string): readonly string[] =>
  [...svg.matchAll(/<g class="mark-symbol role-legend-symbol".*?<path ([^>]*)>/g)].map(
    ([, path = '']) => path,
  );

describe('a chart of lines', () => {
  it('has a line in its legend for each, dashed where it is', async () => {
    const [network = '', truth = '', ...rest] = symbols(await chart());
    expect(rest).toEqual([]);
    for (const symbol of [network, truth]) expect(symbol).toMatch(/ d="M-[\d.]+,0L[\d.]+,0"/);
    expect(network).not.toContain('stroke-dasharray="6,4"');
    expect(truth).toContain('stroke-dasharray="6,4"');
  });

  it('has places to a hundredth of a pixel', async () => {
    const places = (await chart()).match(/ (?:d|transform)="[^"]*"/g) ?? [];
    expect(places.join('')).toMatch(/\.\d\d\b/);
    expect(places.join('')).not.toMatch(/\.\d{3}/);
  });

  it('writes the name of a level over the lines', async () => {
    const svg = await chart([{ name: 'limit', y: 0.2 }]);
    expect(svg.lastIndexOf('>limit<')).toBeGreaterThan(svg.lastIndexOf('role-mark layer_1_marks'));
    expect(svg.lastIndexOf('role-mark layer_1_marks')).toBeGreaterThan(0);
  });
});
