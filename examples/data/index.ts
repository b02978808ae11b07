/** All data of the examples: drawn from a key, or read from the folder of `--data`. */
export { dequantised } from './dequantised.js';
export { type Counts, loadBinarisedMnist, loadDigits } from './load-digits.js';
export { loadFaces } from './load-faces.js';
export { loadOpticalDigits } from './load-optical-digits.js';
export { type Table, loadFaithful, loadIris } from './tables.js';
export {
  type Images,
  type LabelledImages,
  type Split,
  binarised,
  binarisedOnce,
  firstImages,
  greyRows,
  imageAt,
  imageRows,
  imagesAt,
  imagesBetween,
  pixelsOf,
  someImages,
} from './images.js';
