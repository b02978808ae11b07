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
