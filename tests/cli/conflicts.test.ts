import { createCalendar } from '../../src/adapters/system/calendar.ts';
import { createApiClient } from '../../src/cli/api-client.ts';
import { listConflicts, resolveConflict, showConflict } from '../../src/cli/conflicts/conflicts.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf, someStore } from '../api/support/api-world.ts';
import { createTestDevice } from '../support/sync/device.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const today = createCalendar(() => [someStore('a')]).businessDay('a', Date.now());

/** What an operation prints. */
async function printed(
  operation: (options: Parameters<typeof listConflicts>[0]) => Promise<void>,
  json = false,
): Promise<string> {
  const lines: string[] = [];
  const client = createApiClient(shop.world.url, keyOf('a'));
  await shop.world.caughtUp();
  await operation({ client, json, out: (text) => lines.push(text) });
  return lines.join('');
}

describe('tillstream conflicts', () => {
  it('lists a conflict in words, shows both versions, and chooses one', async () => {
    expect(await printed((to) => listConflicts(to, { all: false }))).toBe('no conflicts\n');
    for (const [tablet, table] of [
      ['tablet-1', 'T4'],
      ['tablet-2', 'T7'],
    ] as const) {
      const device = createTestDevice(tablet, 'epoch1', today);
      const changes = [{ field: 'table', set: table }];
      const facts = [device.fact('FieldsChanged', { entity: 'order:o-1', changes })];
      await shop.post('/sync/push', { deviceId: tablet, epoch: 'epoch1', facts });
    }

    const listed = await printed((to) => listConflicts(to, { all: false }));
    expect(listed).toContain('ana at tablet-1 wrote "T4", and ana at tablet-2 wrote "T7"');
    const json = await printed((to) => listConflicts(to, { all: false }), true);
    const [conflict] = JSON.parse(json) as [{ conflictId: string; versions: [{ factId: string }] }];
    const { conflictId, versions } = conflict;
    const { factId } = versions[0];
    const choice = { conflictId, factId, reason: 'They sit there' };
    expect(await printed((to) => resolveConflict(to, choice))).toBe(`${factId} counts\n`);

    const shown = await printed((to) => showConflict(to, conflictId));
    expect(shown).toContain(`${factId}, counts`);
    expect(shown).toContain('resolved by ');
    expect(await printed((to) => listConflicts(to, { all: false }))).toBe('no conflicts\n');
    expect(await printed((to) => listConflicts(to, { all: true }))).toContain(conflictId);
  });
});
