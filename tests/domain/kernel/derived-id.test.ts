import { derivedId } from '../../../src/domain/kernel/derived-id.ts';
import { MAX_ID_LENGTH } from '../../../src/domain/kernel/schema.ts';
import { CONTEXT } from '../../support/decider.ts';

const idOf = (entityId: string, commandId: string) =>
  derivedId({ ...CONTEXT, entityId, commandId });

describe('the id of what a command makes', () => {
  it('differs between two entities that were given one key', () => {
    expect(idOf('order-1', 'key')).toBe('order-1:key');
    expect(idOf('order-2', 'key')).not.toBe(idOf('order-1', 'key'));
  });

  it('stays within the longest id, and differs for keys that differ at their end only', () => {
    const entity = 'e'.repeat(32);
    const long = 'k'.repeat(199);
    const [a, b] = [idOf(entity, `${long}a`), idOf(entity, `${long}b`)];
    expect([a.length, b.length]).toEqual([MAX_ID_LENGTH, MAX_ID_LENGTH]);
    expect(a).not.toBe(b);
    expect(idOf(entity, `${long}a`)).toBe(a);
  });
});
