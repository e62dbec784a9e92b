import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import type { FiscalNumberDocument } from '../../../src/projections/fiscal/numbers/document.ts';
import { fiscalNumberModel } from '../../../src/projections/fiscal/numbers/projection.ts';
import { reportHead, reportLine } from '../../../src/projections/fiscal/report/queries.ts';
import { createTestDevice } from '../../support/sync/device.ts';
import { someStore } from '../support/api-world.ts';
import { openShop, type Shop } from './support/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

const today = createCalendar(() => [someStore('a')]).businessDay('a', Date.now());
const FAR = '2099-01-01T00:00:00.000Z';
let named = 0;

async function openSeries(more: Record<string, unknown> = {}): Promise<string> {
  named += 1;
  const seriesId = `S-${named}`;
  const opened = await shop.post('/fiscal/series', { seriesId, ...more });
  expect(opened.status).toBe(201);
  return seriesId;
}
const reserve = (body: Record<string, unknown>, key?: string) =>
  shop.post('/fiscal/reserve-range', body, { role: 'till', ...(key !== undefined && { key }) });
const numberOf = async (seriesId: string, number: number) => {
  const { body } = await shop.get(
    `/fiscal/numbers?seriesId=${seriesId}&from=${number}&to=${number}`,
  );
  return (body['items'] as FiscalNumberDocument[])[0];
};
const report = async (seriesId: string, at = FAR) =>
  (await shop.get(`/fiscal/series/${seriesId}/report?at=${at}`)).text;

/** The report, made of nothing but the events of the series' first numbers. */
async function foldedReport(seriesId: string): Promise<string> {
  const stream = streamName('fiscalnumber', 'a', `${seriesId}:0`);
  const events = (await shop.world.log.readStream(stream)) as unknown as RecordedEvent[];
  const documents = new Map<string, FiscalNumberDocument>();
  for (const event of events) {
    for (const key of fiscalNumberModel.keys(event)) {
      const after = fiscalNumberModel.evolve(documents.get(key), event as never, key);
      if (after) documents.set(key, after);
    }
  }
  const lines = [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${reportHead()}${lines.map(([, number]) => reportLine(number, FAR)).join('')}`;
}

async function push(device: ReturnType<typeof createTestDevice>, facts: readonly unknown[]) {
  const { deviceId, epoch } = device;
  const pushed = await shop.post('/sync/push', { deviceId, epoch, facts }, { role: 'till' });
  return pushed.body['items'] as { readonly status: string; readonly flags?: readonly string[] }[];
}

describe('POST /fiscal/reserve-range', () => {
  it('gives 100 devices that ask at once ranges that do not overlap', async () => {
    const seriesId = await openSeries();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => reserve({ seriesId, deviceId: `crowd-${i}` })),
    );
    const starts = answers.map(({ body }) => Number(body['rangeStart'])).sort((a, b) => a - b);
    expect(starts).toEqual(Array.from({ length: 100 }, (_, i) => i * 50 + 1));
    expect(
      answers.every(({ body }) => Number(body['rangeEnd']) === Number(body['rangeStart']) + 49),
    ).toBe(true);
  });

  it('repeats its answer for the same request, and for the same need', async () => {
    const seriesId = await openSeries();
    const need = { seriesId, deviceId: 'till-need', epoch: 'one', holdsThrough: 0 };
    const first = await reserve(need, 'need-key-0001');
    const again = await reserve(need, 'need-key-0001');
    const other = await reserve(need);
    const next = await reserve({ ...need, holdsThrough: 50 });
    expect([first, again, other, next].map(({ body }) => body['rangeStart'])).toEqual([
      1, 1, 1, 51,
    ]);
  });

  it('answers tills that write names with underscores in their words', async () => {
    const seriesId = await openSeries();
    const { body } = await reserve({ series_id: seriesId, device_id: 'till-old', quantity: 10 });
    expect(body).toMatchObject({ device_id: 'till-old', range_start: 1, range_end: 10 });
  });

  it('refuses what it cannot give', async () => {
    const own = await openSeries({ policy: 'device', deviceId: 'till-own' });
    const answers = await Promise.all([
      reserve({ seriesId: 'nowhere', deviceId: 'till-1' }),
      reserve({ seriesId: own, deviceId: 'till-1' }),
      shop.post('/fiscal/series', { seriesId: own }),
      shop.post('/fiscal/series', { seriesId: 'Z', policy: 'device' }),
    ]);
    expect(answers.map(({ body }) => body['code'])).toEqual([
      ...['fiscal_series_not_found', 'fiscal_series_of_other_device'],
      ...['fiscal_series_exists', 'invalid_request'],
    ]);
  });
});

describe('After a restore of the log', () => {
  it('no number is granted before a manager says that all devices are known', async () => {
    const restored = await openShop();
    const post = (path: string, body: object, role = 'till') =>
      restored.post(path, body, { role: role as 'till' });
    try {
      const seriesId = 'R';
      await post('/fiscal/series', { seriesId }, 'manager');
      const ask = (deviceId: string, holdsThrough: number) =>
        post('/fiscal/reserve-range', { seriesId, deviceId, holdsThrough });
      await ask('till-1', 0);
      const before = await post('/log/restored', { reason: 'The disk died' }, 'operator');
      expect(before.body).toEqual({ generation: 2 });

      // Its own numbers it gets again; nothing else is sure.
      expect((await ask('till-1', 0)).body).toMatchObject({ rangeStart: 1, rangeEnd: 50 });
      expect((await ask('till-1', 50)).body['code']).toBe('fiscal_series_paused');
      // This one was granted 101 to 150 by what is lost.
      expect((await ask('till-2', 150)).body['code']).toBe('fiscal_series_paused');
      const paused = await restored.get(`/fiscal/series/${seriesId}`);
      expect(paused.body).toMatchObject({ paused: true, next: 251 });

      const resume = { heldThrough: 180, reason: 'Both are here' };
      expect((await post(`/fiscal/series/${seriesId}/resume`, resume)).status).toBe(403);
      const resumed = await post(`/fiscal/series/${seriesId}/resume`, resume, 'manager');
      expect(resumed.body).toMatchObject({ paused: false, next: 351 });
      expect((await ask('till-2', 150)).body).toMatchObject({ rangeStart: 351 });
    } finally {
      await restored.stop();
    }
  });

  it('a number that only a fact shows is never granted', async () => {
    const seriesId = await openSeries({ rangeSize: 4 });
    const device = createTestDevice('till-shown', 'epoch1', today);
    await push(device, [device.sale('order-shown', 1_000, { fiscal: { seriesId, number: 9 } })]);
    const { body } = await reserve({ seriesId, deviceId: 'till-shown', epoch: 'epoch1' });
    expect(body).toMatchObject({ rangeStart: 18, rangeEnd: 21 });
  });
});

describe('What became of a fiscal number', () => {
  it('is told by the facts of its device, and flags say what is remarkable', async () => {
    const seriesId = await openSeries({ rangeSize: 4 });
    const device = createTestDevice('till-fiscal', 'epoch1', today);
    await reserve({ seriesId, deviceId: 'till-fiscal', epoch: 'epoch1' });
    const sale = device.sale('fiscal-sale-1', 700, { fiscal: { seriesId, number: 1 } });
    const twice = device.sale('fiscal-sale-2', 700, { fiscal: { seriesId, number: 1 } });
    const later = device.fact('NumberUsed', { seriesId, number: 2, orderId: 'fiscal-sale-3' });
    const empty = device.fact('NumberVoided', { seriesId, number: 3, reason: 'No paper' });
    const back = device.fact('NumbersReturned', { seriesId, from: 1, to: 4 });
    const foreign = device.fact('NumberUsed', { seriesId, number: 90, orderId: 'fiscal-sale-4' });

    const items = await push(device, [sale, twice, later, empty, back, foreign]);

    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'accepted'));
    expect(items.map(({ flags = [] }) => flags)).toEqual([
      ...[[], ['number-twice'], [], [], [], ['number-not-granted']],
    ]);
    const found = await Promise.all([1, 2, 3, 4, 90].map((n) => numberOf(seriesId, n)));
    expect(found.map((each) => each?.fate)).toEqual([
      ...['issued', 'issued', 'voided', 'returned-unused', 'issued'],
    ]);
    expect(found[0]?.documents.map(({ documentId }) => documentId)).toEqual([
      ...['fiscal-sale-1', 'fiscal-sale-2'],
    ]);
  });

  it('is unknown when a device begins again, until a manager decides or its document comes', async () => {
    const seriesId = await openSeries({ rangeSize: 3 });
    const device = createTestDevice('till-wiped', 'epoch1', today);
    await reserve({ seriesId, deviceId: 'till-wiped', epoch: 'epoch1' });
    const sale = device.sale('wiped-sale-1', 300, { fiscal: { seriesId, number: 1 } });
    await reserve({ seriesId, deviceId: 'till-wiped', epoch: 'epoch2' });
    const decision = { seriesId, from: 1, to: 3, fate: 'lost', reason: 'It was stolen' };
    const before = await numberOf(seriesId, 1);
    const decided = await shop.post('/fiscal/numbers/decide', decision);
    const inUse = await shop.post('/fiscal/numbers/decide', { ...decision, from: 4, to: 4 });
    const lost = await numberOf(seriesId, 1);
    const [item] = await push(device, [sale]);

    expect([before?.fate, lost?.fate, decided.status, inUse.body['code']]).toEqual([
      ...['unaccounted', 'lost', 200, 'fiscal_number_in_use'],
    ]);
    expect(item).toMatchObject({ status: 'accepted', flags: ['number-corrected'] });
    expect((await numberOf(seriesId, 1))?.changes.map(({ fate }) => fate)).toEqual([
      ...['held', 'unaccounted', 'lost', 'issued'],
    ]);
    const { body } = await shop.get('/audit?action=FiscalNumberCorrected');
    expect((body['items'] as object[])[0]).toMatchObject({
      ...{ severity: 'HIGH', resource: `fiscalnumber/${seriesId}:0` },
    });
  });
});

describe('The report for an inspector', () => {
  it('names each number with its fate, in the same bytes for one moment', async () => {
    const seriesId = await openSeries({ rangeSize: 3, validHours: 1 });
    const device = createTestDevice('till-report', 'epoch1', today);
    await reserve({ seriesId, deviceId: 'till-report', epoch: 'epoch1' });
    const fiscal = { seriesId, number: 2 };
    const sale = device.sale('=sum(1)', 100, { fiscal, payments: [] });
    const { hash } = sale;
    await push(device, [sale]);

    const [first, second, now] = [
      await report(seriesId),
      await report(seriesId),
      await report(seriesId, '2020-01-01T00:00:00.000Z'),
    ];

    expect(second).toBe(first);
    expect(await foldedReport(seriesId)).toBe(first);
    const rows = first.split('\r\n');
    expect(rows[0]).toBe(
      'series,number,fate,document,device,epoch,seq,cashier,claimedAt,occurredAt,receivedAt,rangeFrom,rangeTo,hash,remark',
    );
    expect(rows[1]).toBe(`${seriesId},1,unaccounted,,till-report,epoch1,,,,,,1,3,,`);
    expect(rows[2]).toMatch(
      new RegExp(`^${seriesId},2,issued,'=sum\\(1\\),till-report,epoch1,1,ana,.*,1,3,${hash},$`),
    );
    expect(now.split('\r\n')[1]).toContain(`${seriesId},1,held,`);
  });
});
