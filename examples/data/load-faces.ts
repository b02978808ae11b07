/** Faces of 28x20 pixels: drawn here, or the Frey faces of a folder. */
import { type Key, foldIn, key as keyOf } from 'marginalia';
import { readImagesIn, showIdxError } from 'marginalia/data';
import { permutation } from 'marginalia/random';
import { dirname } from 'node:path';
import { orRefuse } from '../command-line/refusal.js';
import { faces } from './faces.js';
import { pathIn } from './folder.js';
import { type Images, type Split, imagesAt, imagesFrom } from './images.js';

const NAME = 'images-idx3-ubyte';

/** As many as there are Frey faces. */
const COUNT = 1965;

const read = async (folder: string): Promise<Images> => {
  const path = pathIn(
    folder,
    ['frey-faces/', ''].flatMap((place) => [`${place}${NAME}`, `${place}${NAME}.gz`]),
  );
  return imagesFrom(orRefuse(await readImagesIn(dirname(path), [NAME])(), showIdxError));
};

/**
 * Faces: drawn from the key, or those of `images-idx3-ubyte` in the folder or its `frey-faces`. Frey's are
 * frames of a film, so training and test images are picked from all of it, the same whatever the key.
 */
export const loadFaces = async (
  folder: string | undefined,
  key: Key,
  { test = 365 }: { readonly test?: number } = {},
): Promise<Split> => {
  const all =
    folder === undefined ? faces({ count: COUNT, key: foldIn(key, 'faces') }) : await read(folder);
  const order = [...permutation(keyOf(0), all.count)];
  return {
    train: imagesAt(all, order.slice(test)),
    test: imagesAt(all, order.slice(0, test)),
    source: folder === undefined ? 'drawn faces' : 'Frey faces',
  };
};
