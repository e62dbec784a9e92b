import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { createTestDevice, type TestDevice } from '../../support/sync/device.ts';
import { someStore } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const today = createCalendar(() => [someStore('a')]).businessDay('a', Date.now());
let devices = 0;
function newDevice() {
  devices += 1;
  return createTestDevice(`tablet-${devices}`, 'epoch1', today);
}

const written = (
  device: TestDevice,
  entity: string,
  changes: readonly unknown[],
  heads: readonly string[] = [],
) =>
  device.fact(
    'FieldsChanged',
    { entity, changes },
    heads.length > 0 ? { basedOn: [{ entity, heads }] } : {},
  );

interface Item {
  readonly status: string;
  readonly code?: string;
  readonly flags?: readonly string[];
  readonly blockedBy?: readonly string[];
}

async function push({ deviceId, epoch }: TestDevice, facts: readonly unknown[]) {
  const { body } = await shop.post('/sync/push', { deviceId, epoch, facts }, { role: 'till' });
  return body['items'] as readonly Item[];
}

interface Conflict {
  readonly conflictId: string;
  readonly state: string;
  readonly words: string;
}

async function conflictsOf(entityId: string) {
  const { body } = await shop.get(`/conflicts?entityId=${entityId}`);
  return body['items'] as readonly Conflict[];
}

describe('Two versions of one field', () => {
  it('make one record with both of them, whichever comes first and however often', async () => {
    const [a, b] = [newDevice(), newDevice()];
    const noNuts = written(a, 'order:o-1', [{ field: 'note', set: 'no nuts' }]);
    const rice = written(b, 'order:o-1', [{ field: 'note', set: 'extra rice' }]);

    expect(await push(a, [noNuts])).toMatchObject([{ status: 'accepted' }]);
    expect(await push(b, [rice])).toMatchObject([{ status: 'accepted', flags: ['concurrent'] }]);
    await push(b, [rice]);

    const [conflict, ...others] = await conflictsOf('o-1');
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({
      ...{ entityType: 'order', entityId: 'o-1', field: 'note', strategy: 'mvr', state: 'open' },
      ...{ loserEventIds: [], loserPayloads: [] },
    });
    expect(conflict).toHaveProperty('versions.0.value', 'no nuts');
    expect(conflict).toHaveProperty('versions.1.deviceId', b.deviceId);
    expect(conflict?.words).toBe(
      `Two people changed the note without knowing of each other: ana at ${a.deviceId} wrote "no nuts", and ana at ${b.deviceId} wrote "extra rice". The kitchen sees both notes until a person chooses.`,
    );
    const found = await shop.get(`/conflicts/${conflict?.conflictId}`);
    expect(found.body).toEqual(conflict);
    const entity = await shop.get('/sync/entities/order:o-1');
    expect(entity.body).toMatchObject({ fields: { note: ['extra rice', 'no nuts'] }, facts: 2 });
    expect(entity.body['heads']).toEqual([noNuts.id, rice.id]);
  });

  it('are no conflict where the author of one had seen the other', async () => {
    const [a, b] = [newDevice(), newDevice()];
    const first = written(a, 'order:o-2', [{ field: 'note', set: 'no nuts' }]);
    const second = written(b, 'order:o-2', [{ field: 'note', set: 'no milk' }], [first.id]);

    expect(await push(b, [second])).toMatchObject([
      { status: 'blocked', blockedBy: [`fact:${first.id}`] },
    ]);
    expect(await push(a, [first])).toMatchObject([{ status: 'accepted' }]);
    const [again] = await push(b, [second]);
    // The request judges it, or the process has done so by now.
    expect(['accepted', 'duplicate']).toContain(again?.status);
    expect(again?.flags).toBeUndefined();
    expect(await conflictsOf('o-2')).toEqual([]);
  });

  it('are chosen between by a person, again and again', async () => {
    const [a, b] = [newDevice(), newDevice()];
    const low = written(a, 'product:p-1', [{ field: 'available', set: false }]);
    const high = written(b, 'product:p-1', [{ field: 'available', set: true }]);
    await push(a, [low]);
    await push(b, [high]);
    const [open] = await conflictsOf('p-1');
    const path = `/conflicts/${open?.conflictId}/resolve`;

    const chosen = await shop.post(path, {
      factId: high.id,
      reason: 'There is more in the cellar',
    });
    expect(chosen).toMatchObject({ status: 200, body: { winnerEventId: high.id } });
    expect(await conflictsOf('p-1')).toMatchObject([
      {
        ...{ state: 'chosen', winnerEventId: high.id, winnerPayload: true },
        ...{ loserEventIds: [low.id], loserPayloads: [false] },
        reason: 'There is more in the cellar',
      },
    ]);

    await shop.post(path, { factId: low.id });
    expect(await conflictsOf('p-1')).toMatchObject([{ state: 'chosen', winnerEventId: low.id }]);
    const unknown = await shop.post(path, { factId: 'fact-of-another' });
    expect(unknown.body).toMatchObject({ code: 'conflict_version_unknown' });
  });

  it('have a winner where the rule decides, and the loser stays', async () => {
    const [a, b] = [newDevice(), newDevice()];
    await push(a, [written(a, 'payment:pay-1', [{ field: 'tipMinor', set: 100 }])]);
    await push(b, [written(b, 'payment:pay-1', [{ field: 'tipMinor', set: 200 }])]);

    expect(await conflictsOf('pay-1')).toMatchObject([
      {
        ...{ state: 'settled', strategy: 'lww', resolvedBy: 'auto' },
        ...{ winnerPayload: 200, loserPayloads: [100] },
      },
    ]);
  });

  it('are counted, beside what is not in the books', async () => {
    const device = newDevice();
    const before = (await shop.get('/conflicts')).body['counts'] as Record<string, number>;
    const bad = written(device, 'product:p-2', [{ field: 'priceMinor', set: 1 }]);
    const odd = written(device, 'order:o-3', [{ field: 'status', set: 'GONE' }]);
    const none = written(device, 'venue:v-1', [{ field: 'name', set: 'x' }]);
    const later = device.fact('TableSet', {}, {});

    expect(await push(device, [bad, odd, none, later])).toMatchObject([
      { status: 'rejected', code: 'server_decides' },
      { status: 'rejected', code: 'invalid_fact' },
      { status: 'rejected', code: 'invalid_fact' },
      { status: 'held' },
    ]);
    const { counts } = (await shop.get('/conflicts')).body;
    expect(counts).toMatchObject({
      rejected: Number(before['rejected']) + 3,
      held: Number(before['held']) + 1,
    });
  });

  it('are read by auditors, and chosen by managers only', async () => {
    const [conflict] = await conflictsOf('o-1');
    const path = `/conflicts/${conflict?.conflictId}`;
    expect((await shop.get(path, { role: 'auditor' })).status).toBe(200);
    const body = { factId: 'fact-of-tablet-3' };
    expect((await shop.post(`${path}/resolve`, body, { role: 'auditor' })).status).toBe(403);
  });
});
