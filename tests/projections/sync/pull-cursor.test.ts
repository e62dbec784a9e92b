import fc from 'fast-check';

import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import {
  formatCursor,
  type PullCursor,
  readCursor,
} from '../../../src/projections/sync/pull/cursor.ts';

const signing = { digest: systemDigest, secret: 'secret of shop a' };
const cursor: PullCursor = {
  ...{ storeId: 'a', logId: 'log-1', position: { commit: 7n, prepare: 7n } },
  ...{ eventId: 'event-7', scope: 'order product', checksum: 'c'.repeat(64) },
};

/** What reading a text comes to. */
function outcome(text: string, storeId = 'a', secret = signing.secret): unknown {
  try {
    return readCursor(text, storeId, { ...signing, secret });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.code;
  }
}

describe('A cursor of a pull', () => {
  const text = formatCursor(cursor, signing);

  it('is read as it was written', () => {
    expect(outcome(text)).toEqual(cursor);
  });

  it('is refused by another shop, and under another secret', () => {
    expect(outcome(text, 'b')).toBe('cursor_of_other_shop');
    expect(outcome(text, 'a', 'another secret')).toBe('cursor_invalid');
  });

  it('is refused with any character changed, added or left out', () => {
    const refused = ['cursor_invalid', 'cursor_of_other_shop'];
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (place, put) => {
        const changed = `${text.slice(0, place)}${put}${text.slice(place + 1)}`;
        fc.pre(changed !== text);
        expect(refused).toContain(outcome(changed));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused whatever else it is', () => {
    const said = fc.json().map((json) => Buffer.from(json).toString('base64url'));
    const signed = said.map(
      (each) => `${each}.${systemDigest.hmacSha256('secret of shop a', each)}`,
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), said, signed, fc.base64String()), (any) => {
        expect(typeof outcome(any)).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });
});
