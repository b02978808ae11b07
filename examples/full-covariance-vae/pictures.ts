/** The correlations of a few codes, and how strong those of all are. */
import { type Images, imageAt } from '../data/index.js';
import { cells, labelledImages, panels } from '../pictures/index.js';

/** A correlation for each pair of entries of a code. */
export type Correlations = readonly (readonly number[])[];

export const pictures = async ({
  images,
  correlations,
  source,
}: {
  readonly images: Images;
  readonly correlations: readonly Correlations[];
  readonly source: string;
}): Promise<Readonly<Record<string, string>>> => {
  const shown = Array.from({ length: images.count }, (_, i) => i);
  const names = correlations[0]?.map((_, i) => `z${'₁₂₃₄₅₆₇₈₉'[i] ?? i + 1}`) ?? [];
  return {
    'correlations.svg': await panels(
      shown.map((i) =>
        cells({
          title: `q(z | image ${i + 1})`,
          width: 150,
          height: 150,
          x: '',
          y: '',
          scale: 'correlation',
          values: correlations[i] ?? [],
          rows: names,
          columns: names,
          diverging: true,
          domain: [-1, 1],
        }),
      ),
      { title: `Correlations of the code of an image, ${source}` },
    ),
    'images.svg': labelledImages({
      title: 'The images',
      rows: images.rows,
      columns: images.columns,
      scale: 4,
      headings: shown.map((i) => `image ${i + 1}`),
      lines: [{ images: shown.map((i) => imageAt(images, i)) }],
    }),
  };
};
