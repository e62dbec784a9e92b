import type { ProviderClient, ProviderTransaction } from '../../../src/ports/provider-client.ts';

export interface World {
  readonly client: ProviderClient;
  /** A client whose token does not serve. */
  readonly stranger: ProviderClient;
  /** A client that gives a call this long. */
  readonly hasty: (timeoutMs: number) => ProviderClient;
  readonly account: string;
  /** Makes one at the provider, and returns its id. */
  readonly make: (amountMinor: number, reference: string) => Promise<string>;
  readonly control: (method: string, path: string, body?: unknown) => Promise<void>;
  /** The pages of the provider are smaller than that. */
  readonly many: number;
  readonly stop: () => Promise<void>;
}

/** What the clients of all providers share, run against each simulator. */
export function providerClientContract(name: string, open: () => Promise<World>): void {
  describe(`the client of ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.stop());

    const plan = (...faults: readonly object[]) => world.control('PUT', 'faults', faults);
    const test = () => world.client.testConnection();

    it('knows whose account its token serves', async () => {
      expect(await test()).toMatchObject({ kind: 'ok', value: { id: world.account } });
      expect(await world.stranger.testConnection()).toMatchObject({ kind: 'auth' });
    });

    it('reads a transaction to the cent, and none of an unknown id', async () => {
      const id = await world.make(5_881, 'order-1');
      const found = await world.client.findTransaction(id);
      expect(found).toMatchObject({
        kind: 'ok',
        value: { id, status: 'succeeded', amountMinor: 5_881, refundedMinor: 0, currency: 'USD' },
      });
      expect(await world.client.findTransaction('999999')).toEqual({ kind: 'ok' });
    });

    it('follows the pages of what changed to the end, each once', async () => {
      const ids: string[] = [];
      for (let i = 0; i < world.many; i++) ids.push(await world.make(100 + i, `order-${i}`));
      const changes = await world.client.listChanges(Date.now() - 60_000);
      expect(changes).toMatchObject({ kind: 'ok', value: { isComplete: true } });
      const found = changes.kind === 'ok' ? changes.value.transactions : [];
      const idOf = ({ id }: ProviderTransaction) => id;
      expect(found.map(idOf).sort()).toEqual([...ids].sort());
      expect(await world.client.listChanges(Date.now() + 60_000)).toMatchObject({
        ...{ kind: 'ok', value: { transactions: [] } },
      });
    });

    it('is told when to come again', async () => {
      await plan({ kind: 'status', status: 429, retryAfterS: 7 });
      const refused = await test();
      expect(refused).toMatchObject({ kind: 'retry', afterMs: 7_000 });
      expect(refused).not.toHaveProperty('isUnknown');
    });

    it.each([
      ['an internal error', { kind: 'status', status: 500 }],
      ['the page of a proxy', { kind: 'html' }],
      ['a page with status 403', { kind: 'html', status: 403 }],
      ['an error with status 200', { kind: 'error-200' }],
      ['a connection that is cut before', { kind: 'lost-before' }],
      ['a connection that is cut after', { kind: 'lost-after' }],
      ['a response that ends early', { kind: 'truncated' }],
    ])('takes %s for an unknown outcome, to be tried again', async (_what, fault) => {
      await plan(fault);
      expect(await test()).toMatchObject({ kind: 'retry', isUnknown: true });
      expect(await test()).toMatchObject({ kind: 'ok' });
    });

    it('waits no longer than it may', async () => {
      await plan({ kind: 'slow', delayMs: 5_000 });
      expect(await world.hasty(100).testConnection()).toEqual({
        ...{ kind: 'retry', code: 'timeout', isUnknown: true },
      });
    });

    it.each([
      [401, 'auth'],
      [400, 'permanent'],
    ])('classes an error of the provider with status %d as %s', async (status, kind) => {
      await plan({ kind: 'status', status });
      expect(await test()).toMatchObject({ kind });
    });
  });
}
