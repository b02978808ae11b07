/** Values that a site is given. */
import { SiteError, siteLabel } from '../refusals/error.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';

const missing = (site: string, value: null | undefined): never => {
  throw new SiteError({
    site: siteLabel(site),
    expected: 'a value',
    received: String(value),
    cure: 'Check the name that the value is read by, or leave the site out.',
  });
};

/** Throws where nothing stands in the place of a site's value: it is a mistake, and no 0. */
export const checkPresent = (site: string, value: unknown): void => {
  if (value === undefined || value === null) missing(site, value);
};

/** The tensor of a value that was given for a site. */
export const givenValue = (site: string, value: TensorLike | null | undefined): Tensor =>
  value === undefined || value === null ? missing(site, value) : asTensor(value, siteLabel(site));
