import { performance } from 'node:perf_hooks';

import { hashSync } from 'bcryptjs';

import { createPasswordHash } from '../../../src/adapters/system/password-hash.ts';
import { passwordHashContract } from '../../contracts/password-hash/suite.ts';

const TEXT = 'seven wet umbrellas';
/** More would be the work itself. */
const MAX_UTILIZATION = 0.5;

passwordHashContract('Argon2id', createPasswordHash);

describe('Hashes of passwords', () => {
  it('are Argon2id with another salt each time', async () => {
    const passwords = createPasswordHash();
    const [one, two] = [await passwords.hash(TEXT), await passwords.hash(TEXT)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it.each([4, 8])('of bcrypt with a cost of %d are read, and are outdated', async (cost) => {
    const passwords = createPasswordHash();
    const stored = hashSync(TEXT, cost);
    expect(await passwords.verify(TEXT, stored)).toBe(true);
    expect(await passwords.verify(`${TEXT}s`, stored)).toBe(false);
    expect(passwords.isOutdated(stored)).toBe(true);
  });

  it('of bcrypt that would take minutes match no text', async () => {
    const stored = hashSync(TEXT, 4).replace('$04$', '$20$');
    expect(await createPasswordHash().verify(TEXT, stored)).toBe(false);
  });

  it.each([
    ['Argon2id', (passwords: ReturnType<typeof createPasswordHash>) => passwords.hash(TEXT)],
    ['bcrypt', () => Promise.resolve(hashSync(TEXT, 9))],
  ])('leave the main thread free: %s', async (_name, hashOf) => {
    const passwords = createPasswordHash();
    const stored = await hashOf(passwords);
    await passwords.verify(TEXT, stored);
    const before = performance.eventLoopUtilization();
    await Promise.all(Array.from({ length: 12 }, () => passwords.verify(TEXT, stored)));
    const { utilization } = performance.eventLoopUtilization(before);
    expect(utilization).toBeLessThan(MAX_UTILIZATION);
  });

  it('wait in a queue with a limit, and then work again', async () => {
    const passwords = createPasswordHash({ maxWaiting: 3 });
    const stored = await passwords.hash(TEXT);
    const asked = Array.from({ length: 8 }, () => passwords.verify(TEXT, stored));
    const settled = await Promise.allSettled(asked);
    const done = settled.filter(({ status }) => status === 'fulfilled');
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each] : []));
    expect([done.length, refused.length]).toEqual([3, 5]);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' });
    expect(await passwords.verify(TEXT, stored)).toBe(true);
  });
});
