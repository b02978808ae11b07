/** How dear an element of a kernel is, each kind named after what it is measured by. */
export type Kind =
  | 'arithmetic'
  | 'choice'
  | 'quotient'
  | 'exponential'
  | 'logarithm'
  | 'tanh'
  | 'softplus'
  | 'power';

/** What a kernel does beside work on each element by itself. */
export type WorkTag =
  /** Another shape, or the same. */
  | 'nothing'
  /** Many numbers become one. */
  | 'fold'
  /** A product of matrices. */
  | 'product'
  /** Two passes over lines. */
  | 'lines'
  /** Elements go elsewhere. */
  | 'move'
  | 'gather'
  | 'scatter'
  /** Lines are put in order. */
  | 'sort'
  /** Factors of matrices, and systems that they solve. */
  | 'factor'
  /** Convolutions, pools and resized images. */
  | 'windows';
