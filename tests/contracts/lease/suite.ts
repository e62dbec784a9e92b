import type { Leases } from '../../../src/ports/lease.ts';

export interface OpenedLeases {
  readonly leases: Leases;
  /** The same leases as another process has them. */
  readonly elsewhere: Leases;
  /** Lets so much time pass by the clock that judges them. */
  readonly pass: (ms: number) => Promise<void>;
  readonly destroy: () => Promise<void>;
}

/** Long enough not to run out while a test looks at it. */
const LONG_MS = 60_000;
const SHORT_MS = 40;

/** What everything that keeps leases must do. */
export function describeLeaseContract(name: string, factory: () => Promise<OpenedLeases>): void {
  describe(`the ${name} leases`, () => {
    let opened: OpenedLeases;
    beforeEach(async () => {
      opened = await factory();
    });
    afterEach(() => opened.destroy());

    it('are taken by one, and by nobody else while they hold', async () => {
      const { leases, elsewhere } = opened;
      const lease = await leases.acquire('feed', 'a', LONG_MS);
      expect(lease).toMatchObject({ name: 'feed', holder: 'a', token: 1 });
      expect(lease?.expiresInMs).toBeGreaterThan(LONG_MS / 2);
      expect(lease?.expiresInMs).toBeLessThanOrEqual(LONG_MS);
      expect(await elsewhere.acquire('feed', 'b', LONG_MS)).toBeUndefined();
      expect(await elsewhere.acquire('other', 'b', LONG_MS)).toMatchObject({ token: 1 });
    });

    it('are won by exactly one of many that race', async () => {
      const { leases, elsewhere } = opened;
      const racers = Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? leases : elsewhere).acquire('feed', `racer-${i}`, LONG_MS),
      );
      const won = (await Promise.all(racers)).filter((lease) => lease !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]?.token).toBe(1);
    });

    it('are renewed by their holder, who keeps its token', async () => {
      const { leases } = opened;
      await leases.acquire('feed', 'a', LONG_MS / 4);
      const renewed = await leases.acquire('feed', 'a', LONG_MS);
      expect(renewed?.token).toBe(1);
      expect(renewed?.expiresInMs).toBeGreaterThan(LONG_MS / 2);
    });

    it('go to another once they have expired, with a greater token', async () => {
      const { leases, elsewhere, pass } = opened;
      await leases.acquire('feed', 'a', SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await elsewhere.acquire('feed', 'b', LONG_MS)).toMatchObject({ token: 2 });
      expect(await leases.acquire('feed', 'a', LONG_MS)).toBeUndefined();
    });

    it('that expired have a new token for the same holder: others may have had them', async () => {
      const { leases, pass } = opened;
      await leases.acquire('feed', 'a', SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await leases.acquire('feed', 'a', LONG_MS)).toMatchObject({ token: 2 });
    });

    it('are free at once when they are given back, and their tokens go on', async () => {
      const { leases, elsewhere } = opened;
      await leases.acquire('feed', 'a', LONG_MS);
      await elsewhere.release('feed', 'b');
      expect(await elsewhere.acquire('feed', 'b', LONG_MS)).toBeUndefined();
      await leases.release('feed', 'a');
      await leases.release('never-taken', 'a');
      expect(await elsewhere.acquire('feed', 'b', LONG_MS)).toMatchObject({ token: 2 });
    });

    it('are listed with who has them, without those that nobody has', async () => {
      const { leases, elsewhere, pass } = opened;
      await leases.acquire('gone', 'a', SHORT_MS);
      await pass(SHORT_MS + 1);
      await elsewhere.acquire('y', 'b', LONG_MS);
      await leases.acquire('x', 'a', LONG_MS);
      const held = await leases.held();
      expect(held.map(({ name: lease, holder }) => [lease, holder])).toEqual([
        ['x', 'a'],
        ['y', 'b'],
      ]);
    });
  });
}
