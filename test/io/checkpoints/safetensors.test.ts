/** The header of a safetensors file, as any reader of the format expects it. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  LENGTH_BYTES,
  encodeHeader,
  headerLength,
} from '../../../src/io/checkpoints/safetensors.js';

it('ends where numbers may start, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, note) => {
      const bytes = encodeHeader({
        metadata: new Map([['note', note]]),
        shapes: new Map([[name, [2, 3]]]),
      });
      expect(bytes.length % 8).toBe(0);
      expect(headerLength(bytes)).toBe(bytes.length - LENGTH_BYTES);
    }),
    { seed: 3 },
  );
});
