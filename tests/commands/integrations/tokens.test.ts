import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import {
  createTokenKeeper,
  REFRESH_BEFORE_MS,
  type StoredTokens,
  type TokenKeeper,
  type TokenOwner,
} from '../../../src/commands/integrations/tokens.ts';
import type { ProviderFailure } from '../../../src/ports/provider-client.ts';
import type { ProviderOAuth } from '../../../src/ports/provider-oauth.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const OWNER: TokenOwner = {
  storeId: 's1',
  provider: 'quickbooks',
  environment: 'sandbox',
  credentialsId: 'c1',
};
const HOUR_MS = 3_600_000;
const INVALID: ProviderFailure = { kind: 'auth', code: 'invalid_grant' };

/** Several instances over one vault and one provider whose refresh tokens serve once. */
function open(instances = 1) {
  const clock = createFakeClock(undefined, { autoAdvance: true });
  const vault = new Map<string, string>();
  const leases = createMemoryLeases(clock);
  const log: string[] = [];
  const refused: string[] = [];
  const world = { failures: [] as ProviderFailure[], living: 'r0', count: 0, isUsed: true };
  let vaultFails = 0;
  const app: ProviderOAuth = {
    offersPkce: false,
    authorizeUrl: () => '',
    exchange: () => Promise.reject(new Error('no code here')),
    revoke: async () => ({ kind: 'ok', value: undefined }),
    async refresh(refreshToken) {
      log.push(`refresh with ${refreshToken}`);
      await clock.sleep(50);
      const failure = world.failures.shift();
      if (failure) return failure;
      if (refreshToken !== world.living) return INVALID;
      const n = ++world.count;
      world.living = `r${n}`;
      const granted = { accessToken: `a${n}`, refreshToken: `r${n}`, expiresInMs: HOUR_MS };
      return { kind: 'ok', value: granted };
    },
  };
  const keepers = Array.from({ length: instances }, (_, i) =>
    createTokenKeeper({
      clock,
      oauth: { at: () => app },
      credentials: {
        get: async (_storeId, id) => vault.get(id),
        async put(_storeId, id, text) {
          if (vaultFails-- > 0) throw new Error('the vault does not answer');
          log.push(`store ${(JSON.parse(text) as StoredTokens).accessToken}`);
          vault.set(id, text);
        },
        remove: async (_storeId, id) => void vault.delete(id),
      },
      async alone(name, work) {
        if (!(await leases.acquire(name, `instance-${i}`, 60_000))) return undefined;
        try {
          return await work();
        } finally {
          await leases.release(name, `instance-${i}`);
        }
      },
      isUsed: async () => world.isUsed,
      onRefused: async (_owner, code) => void refused.push(code),
    }),
  ) as [TokenKeeper, ...TokenKeeper[]];
  const keep = (tokens: StoredTokens) => vault.set('c1', JSON.stringify(tokens));
  const expired = () =>
    keep({ accessToken: 'a0', refreshToken: 'r0', expiresAtMs: clock.now(), grantedAtMs: 0 });
  const valid = (leftMs: number) =>
    keep({
      ...{ accessToken: 'a0', refreshToken: 'r0' },
      ...{ expiresAtMs: clock.now() + leftMs, grantedAtMs: clock.now() },
    });
  const failPuts = (count: number) => {
    vaultFails = count;
  };
  return { ...{ clock, vault, keepers, log, refused, world, keep, expired, valid, failPuts } };
}

const accessOf = (result: Awaited<ReturnType<TokenKeeper['current']>>) =>
  result.kind === 'ok' ? result.value.accessToken : `${result.kind} ${result.code}`;

describe('The tokens of a connection', () => {
  it('are refreshed five minutes before they end, and not before', async () => {
    const { keepers, valid, log } = open();
    valid(REFRESH_BEFORE_MS + 1);
    expect(accessOf(await keepers[0].current(OWNER))).toBe('a0');
    valid(REFRESH_BEFORE_MS);
    expect(accessOf(await keepers[0].current(OWNER))).toBe('a1');
    expect(log).toEqual(['refresh with r0', 'store a1']);
  });

  it('never change where a person gave an access token', async () => {
    const { keepers, keep, log } = open();
    keep({ accessToken: 'given' });
    expect(accessOf(await keepers[0].current(OWNER))).toBe('given');
    expect(await keepers[0].renewed(OWNER, 'given')).toMatchObject({ kind: 'auth' });
    expect(log).toEqual([]);
  });

  it('are refreshed once for ten callers of each of four instances (S38)', async () => {
    const { keepers, expired, log } = open(4);
    expired();
    const asked = keepers.flatMap((keeper) =>
      Array.from({ length: 10 }, () => keeper.current(OWNER)),
    );
    const found = (await Promise.all(asked)).map(accessOf);
    expect(new Set(found)).toEqual(new Set(['a1']));
    expect(log).toEqual(['refresh with r0', 'store a1']);
  });

  it('are kept when a refresh is answered with an error, and refreshed the next time', async () => {
    const { keepers, expired, refused, world, vault } = open(4);
    expired();
    world.failures.push({ kind: 'retry', code: 'status_500', isUnknown: true });
    const before = vault.get('c1');
    expect(accessOf(await keepers[0].current(OWNER))).toBe('retry status_500');
    expect(vault.get('c1')).toBe(before);
    expect(accessOf(await keepers[1]!.current(OWNER))).toBe('a1');
    expect(refused).toEqual([]);
  });

  it('serve until their end while the provider cannot refresh them', async () => {
    const { keepers, valid, world } = open();
    valid(60_000);
    world.failures.push({ kind: 'retry', code: 'timeout', isUnknown: true });
    expect(accessOf(await keepers[0].current(OWNER))).toBe('a0');
  });

  it('are renewed once for those that the provider refuses at the same time', async () => {
    const { keepers, valid, log } = open(2);
    valid(HOUR_MS);
    const found = await Promise.all(
      keepers.flatMap((keeper) => [keeper.renewed(OWNER, 'a0'), keeper.renewed(OWNER, 'a0')]),
    );
    expect(found.map(accessOf)).toEqual(['a1', 'a1', 'a1', 'a1']);
    expect(log).toEqual(['refresh with r0', 'store a1']);
  });

  it('are read again before the grant counts as ended: another instance was faster', async () => {
    const { keepers, expired, keep, world, refused, clock } = open();
    expired();
    world.living = 'r9';
    const asked = keepers[0].current(OWNER);
    await new Promise((resolve) => setImmediate(resolve));
    keep({ accessToken: 'a9', refreshToken: 'r9', expiresAtMs: clock.now() + HOUR_MS });
    expect(accessOf(await asked)).toBe('a9');
    expect(refused).toEqual([]);
  });

  it('are reported as refused when the grant has ended', async () => {
    const { keepers, expired, world, refused } = open();
    expired();
    world.living = 'none';
    expect(await keepers[0].current(OWNER)).toMatchObject({ ...INVALID, isRevoked: true });
    expect(refused).toEqual(['invalid_grant']);
  });

  it('are not lost while the vault does not take them', async () => {
    const { keepers, expired, failPuts, log } = open();
    expired();
    failPuts(2);
    await expect(keepers[0].current(OWNER)).rejects.toThrow('the vault does not answer');
    await expect(keepers[0].current(OWNER)).rejects.toThrow('the vault does not answer');
    expect(accessOf(await keepers[0].current(OWNER))).toBe('a1');
    expect(log).toEqual(['refresh with r0', 'store a1']);
  });

  it('leave nothing in the vault when the connection ended during the refresh', async () => {
    const { keepers, expired, world, vault } = open();
    expired();
    world.isUsed = false;
    expect(accessOf(await keepers[0].current(OWNER))).toBe('retry credentials_missing');
    expect(vault.size).toBe(0);
  });
});
