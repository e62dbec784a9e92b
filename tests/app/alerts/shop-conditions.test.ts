import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { readShopConditions } from '../../../src/app/alerts/shop-conditions.ts';
import { documentKey } from '../../../src/domain/kernel/names.ts';
import {
  collectionOf,
  type Projection,
} from '../../../src/engine/projections/folding/projection.ts';
import { customerAccounts } from '../../../src/projections/accounts/account/projection.ts';
import { auditTrail } from '../../../src/projections/audit-trail/projection.ts';
import { deliveries } from '../../../src/projections/deliveries/projection.ts';
import { integrations } from '../../../src/projections/integrations/projection.ts';
import { stockLevels } from '../../../src/projections/inventory/levels/projection.ts';
import { paymentAttempts } from '../../../src/projections/payment-attempts/projection.ts';
import { paymentNotices } from '../../../src/projections/payment-notices/projection.ts';
import { providerUsage } from '../../../src/projections/provider-usage/projection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const trail = auditTrail([], {});
const MODELS = [
  ...[customerAccounts, deliveries, stockLevels, trail, paymentAttempts, paymentNotices],
  ...[integrations, providerUsage],
] as readonly Projection[];
const nameOf = (model: Projection) => collectionOf(model, 1).name;

async function openWorld() {
  const store = createMemoryReadStore();
  for (const model of MODELS) await store.ensureCollection(collectionOf(model, 1));
  const missing = new Set<string>();
  let commit = 0n;
  async function put(model: Projection, storeId: string, body: object): Promise<void> {
    commit += 1n;
    const key = documentKey(storeId, String(commit));
    const position = { commit, prepare: commit };
    const write = { key, storeId, position, epoch: 0, body };
    const documents = [{ collection: collectionOf(model, 1), writes: [write] }];
    await store.commit({ documents, checkpoints: [] });
  }
  const clock = createFakeClock(Date.UTC(2026, 10, 30, 12));
  const projections = {
    serving: (name: string) => {
      const model = MODELS.find((each) => each.name === name);
      return model && !missing.has(name) ? nameOf(model) : undefined;
    },
  };
  const read = () => readShopConditions({ readStore: store, projections, clock }, ['system', 'a']);
  return { put, read, missing };
}

const level = (available: number, lowText: 'yes' | 'no', productId = 'coffee') => ({
  ...{ productId, locationId: 'bar', available, lowText, place: `${productId} bar` },
});
const at = (hour: string, severity: string) => ({ at: `2026-11-30T${hour}:00.000Z`, severity });

describe('The conditions of shops', () => {
  it('are parked deliveries, negative stocks and severe records, each of its shop', async () => {
    const { put, read } = await openWorld();
    for (let i = 0; i < 3; i++) {
      await put(deliveries, 'a', { state: 'parked', requestedAt: String(i) });
    }
    await put(deliveries, 'b', { state: 'parked', requestedAt: '1' });
    await put(deliveries, 'a', { state: 'waiting', requestedAt: '1' });
    await put(stockLevels, 'a', level(-2, 'yes'));
    await put(stockLevels, 'a', level(0, 'yes', 'tea'));
    await put(trail, 'system', at('11:30', 'HIGH'));
    await put(trail, 'a', at('10:30', 'HIGH'));
    await put(trail, 'a', at('11:59', 'CRITICAL'));

    const { conditions, complete } = await read();

    expect(complete.size).toBe(8);
    expect(conditions.map((c) => [c.rule, c.storeId, c.subject, c.value])).toEqual([
      ['deliveries-parked', 'a', 'deliveries', 3],
      ['negative-stock', 'a', 'coffee@bar', 2],
      ['severe-audit-record', 'system', 'HIGH', 1],
      ['severe-audit-record', 'a', 'CRITICAL', 1],
    ]);
  });

  it('are customers above their limit, named by id, with what led to it', async () => {
    const { put, read } = await openWorld();
    const account = { balanceMinor: 1_500, creditLimitMinor: 1_000, currency: 'USD' };
    const breach = { cause: 'debt', by: 'till-2', at: '2026-11-30T11:00:00.000Z', debtId: 'd-7' };
    const over = { ...account, sortName: 'marta', overLimit: 'yes', breach };
    await put(customerAccounts, 'a', { customerId: 'c-1', ...over });
    await put(customerAccounts, 'a', { customerId: 'c-2', ...account, overLimit: 'no' });

    const { conditions } = await read();

    expect(conditions).toEqual([
      {
        ...{ rule: 'credit-limit-breached', storeId: 'a', subject: 'c-1', value: 500 },
        detail:
          'customer c-1 owes 15.00 USD, the limit is 10.00 USD; through debt: debt d-7, by till-2, 2026-11-30T11:00:00.000Z',
      },
    ]);
  });

  it('are connections that a provider refuses, each by its provider', async () => {
    const { put, read } = await openWorld();
    const model = integrations as unknown as Projection;
    const [provider, account, lastError] = ['square', 'MERCHANT-1', 'invalid_grant'];
    await put(model, 'a', { provider, account, status: 'error', lastError });
    await put(model, 'a', { provider: 'quickbooks', account: '123', status: 'connected' });

    const { conditions } = await read();

    expect(conditions).toEqual([
      {
        ...{ rule: 'integration-refused', storeId: 'a', subject: 'square', value: 1 },
        detail: 'square refuses the access to MERCHANT-1 (invalid_grant): connect it again',
      },
    ]);
  });

  it('are the reads of all shops in this month, in percent of what a provider grants', async () => {
    const { put, read } = await openWorld();
    const model = providerUsage as unknown as Projection;
    const of = (provider: string, day: string, reads: number) => ({ provider, day, reads });
    await put(model, 'a', of('quickbooks', '2026-11-01', 300_000));
    await put(model, 'system', of('quickbooks', '2026-11-30', 99_999));
    await put(model, 'a', of('quickbooks', '2026-10-31', 400_000));
    await put(model, 'a', of('square', '2026-11-30', 400_000));

    const quota = async () =>
      (await read()).conditions.filter(({ rule }) => rule === 'provider-reads-low');
    expect(await quota()).toEqual([
      {
        ...{ rule: 'provider-reads-low', storeId: 'system', subject: 'quickbooks', value: 79 },
        detail: '399999 of the 500000 reads that quickbooks grants in 2026-11 are used',
      },
    ]);
    await put(model, 'a', of('quickbooks', '2026-11-30', 1));
    expect((await quota())[0]?.value).toBe(80);
  });

  it('are connections whose exchange fails, other than the refused ones', async () => {
    const { put, read } = await openWorld();
    const model = integrations as unknown as Projection;
    const of = { account: 'M-1', healthStatus: 'unhealthy' };
    await put(model, 'a', { ...of, provider: 'square', status: 'connected' });
    await put(model, 'a', { ...of, provider: 'quickbooks', status: 'suspended' });

    const { conditions } = await read();

    expect(conditions).toEqual([
      {
        ...{ rule: 'integration-unhealthy', storeId: 'a', subject: 'square', value: 1 },
        detail: 'the exchange with square for M-1 fails: see its status page',
      },
    ]);
  });

  it('are looked for behind any number of low stocks, and named within the limit of ids', async () => {
    const { put, read } = await openWorld();
    for (let i = 0; i < 600; i++) {
      await put(stockLevels, 'a', level(1, 'yes', `a${String(i).padStart(4, '0')}`));
    }
    await put(stockLevels, 'a', level(-1, 'yes', 'z'.repeat(190)));

    const { conditions } = await read();

    expect(conditions).toHaveLength(1);
    expect(conditions[0]?.subject.length).toBeLessThan(150);
  });

  it('of a read model that is not served yet are unknown', async () => {
    const { read, missing } = await openWorld();
    missing.add(stockLevels.name);

    const known = [
      ...['credit-limit-breached', 'deliveries-parked'],
      ...['payment-notices-missing', 'integration-refused', 'integration-unhealthy'],
      ...['severe-audit-record', 'provider-reads-low'],
    ];
    expect([...(await read()).complete]).toEqual(known);
  });

  it('are seconds without a notice of the payment provider while payments wait', async () => {
    const { put, read } = await openWorld();
    const model = paymentAttempts as unknown as Projection;
    const silence = async () =>
      (await read()).conditions.map(({ rule, value, detail }) => [rule, value, detail]);
    await put(model, 'a', { status: 'succeeded', requestedAt: '2026-11-30T08:00:00.000Z' });
    expect(await silence()).toEqual([]);
    await put(model, 'a', { status: 'unknown', requestedAt: '2026-11-30T11:40:00.000Z' });
    await put(model, 'a', { status: 'pending', requestedAt: '2026-11-30T11:30:00.000Z' });
    const rule = 'payment-notices-missing';
    const waiting = '2 payments wait for their outcome';
    expect(await silence()).toEqual([[rule, 1_800, `${waiting}; no notice has come yet`]]);
    const at = '2026-11-30T11:50:00.000Z';
    await put(paymentNotices, 'a', { receivedAt: at });
    expect(await silence()).toEqual([[rule, 600, `${waiting}; the last notice came at ${at}`]]);
  });
});
