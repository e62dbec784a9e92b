import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { lanesOf } from '../../../src/engine/projections/lanes.ts';
import { features } from '../../../src/features/index.ts';
import { examineLeases, examineReadModels } from '../../../src/maintenance/doctor/content.ts';

const feeds = lanesOf(features.flatMap((feature) => feature.projections)).map(({ feed }) => feed);

describe('the doctor of shared storage', () => {
  // It looked for the one feed of embedded storage alone, and so examined none.
  it.each(['feed', ...feeds])('finds that %s was made over another log', async (feed) => {
    const log = createMemoryEventLog({ clock: systemClock, ids: systemIds });
    const store = createMemoryReadStore();
    const position = { commit: 7n, prepare: 7n };
    const to = { logId: 'another', position, eventId: 'e' };
    await store.commit({ checkpoints: [{ name: feed, from: undefined, to }] });
    const findings = await examineReadModels(log, store);

    expect(findings.filter(({ check }) => check === 'checkpoints')).toMatchObject([
      { level: 'warning', found: `${feed} was built from another log` },
    ]);
  });

  it('names the lanes that no instance runs', async () => {
    const leases = createMemoryLeases(systemClock);
    await leases.acquire('feed-sales', 'worker-1', 60_000);
    expect(await examineLeases(leases)).toMatchObject({
      level: 'warning',
      found: 'no instance holds feed-devices, feed-integrations, feed-money',
    });
    for (const feed of feeds) await leases.acquire(feed, 'worker-1', 60_000);
    expect(await examineLeases(leases)).toMatchObject({ level: 'ok' });
  });
});
