import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { createSystemMetrics } from '../../../src/adapters/system/metrics.ts';
import { createNoticeAges } from '../../../src/app/alerts/notice-ages.ts';
import { documentKey } from '../../../src/domain/kernel/names.ts';
import {
  collectionOf,
  type Projection,
} from '../../../src/engine/projections/folding/projection.ts';
import { paymentNotices } from '../../../src/projections/payment-notices/projection.ts';
import { webhooks } from '../../../src/projections/webhooks/projection.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const MODELS = [paymentNotices, webhooks] as unknown as readonly Projection[];
const nameOf = (model: Projection) => collectionOf(model, 1).name;

async function openWorld() {
  const readStore = createMemoryReadStore();
  for (const model of MODELS) await readStore.ensureCollection(collectionOf(model, 1));
  let commit = 0n;
  async function put(model: object, storeId: string, body: object): Promise<void> {
    commit += 1n;
    const position = { commit, prepare: commit };
    const write = { key: documentKey(storeId, String(commit)), storeId, position, epoch: 0, body };
    const collection = collectionOf(model as Projection, 1);
    await readStore.commit({ documents: [{ collection, writes: [write] }], checkpoints: [] });
  }
  const clock = createFakeClock(Date.UTC(2026, 10, 30, 12));
  const metrics = createSystemMetrics({ runtime: false });
  const projections = {
    serving(name: string) {
      const model = MODELS.find((each) => each.name === name);
      return model && nameOf(model);
    },
  };
  const ages = createNoticeAges({ readStore, projections, clock, metrics });
  const scraped = async () =>
    (await metrics.scrape()).text.split('\n').filter((line) => line.startsWith('last_notice_age'));
  return { put, ages, scraped, clock };
}

describe('The time since the last notice', () => {
  it('is that of the newest one of any shop, by source, and grows between reads', async () => {
    const { put, ages, scraped, clock } = await openWorld();
    await put(paymentNotices, 'a', { receivedAt: '2026-11-30T11:00:00.000Z' });
    await put(paymentNotices, 'b', { receivedAt: '2026-11-30T11:50:00.000Z' });
    await put(webhooks, 'a', { provider: 'square', receivedAt: '2026-11-30T11:59:00.000Z' });

    await ages.refresh(['a', 'b']);
    await clock.advance(5_000);
    expect(await scraped()).toEqual([
      'last_notice_age_seconds{source="payments"} 605',
      'last_notice_age_seconds{source="square"} 65',
    ]);
  });

  it('is not shown where there is none, or once another instance reads them', async () => {
    const { put, ages, scraped } = await openWorld();
    await put(paymentNotices, 'a', { receivedAt: '2026-11-30T11:00:00.000Z' });
    await ages.refresh(['a']);
    ages.forget();
    expect(await scraped()).toEqual([]);
  });
});
