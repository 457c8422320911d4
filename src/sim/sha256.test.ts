import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pureCrypto } from './sha256.ts';

test('the digest is that of Node.js, across all lengths of padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
      expect(pureCrypto.sha256(data)).toEqual(
        new Uint8Array(createHash('sha256').update(data).digest()),
      );
    }),
  );
});
