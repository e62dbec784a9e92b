import { createApiClient } from '../../src/cli/api-client.ts';
import { printReport, type Reported } from '../../src/cli/fiscal/report.ts';
import { openShop, type Shop } from '../api/routes/support/shop.ts';
import { keyOf } from '../api/support/api-world.ts';

const NOW = new Date('2026-12-31T23:00:00.000Z');
const HEAD = 'series,number,fate,remark\r\n';

/** A server that has the numbers 1 to `count`, and gives three of them at a time. */
function pages(count: number) {
  const asked: string[] = [];
  const client = {
    getText(path: string) {
      asked.push(path);
      const query = new URL(path, 'http://server').searchParams;
      const from = Number(query.get('from') ?? 1);
      const to = Math.min(count, Number(query.get('to') ?? count), from + 2);
      const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
      const lines = numbers.map((number) => `B-2026,${number},issued,"a\r\nremark"\r\n`).join('');
      return Promise.resolve(`${query.get('head') === 'yes' ? HEAD : ''}${lines}`);
    },
  };
  return { client, asked };
}

async function printed(client: ReturnType<typeof pages>['client'], reported: Reported) {
  const parts: string[] = [];
  const out = (text: string) => void parts.push(text);
  await printReport({ client, out, now: () => NOW }, reported);
  return parts.join('');
}

const linesOf = (from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => `B-2026,${from + i},issued,"a\r\nremark"\r\n`,
  ).join('');

describe('tillstream fiscal report', () => {
  it('is one document of all pages, with one head and of one moment', async () => {
    const { client, asked } = pages(7);
    expect(await printed(client, { seriesId: 'B-2026' })).toBe(`${HEAD}${linesOf(1, 7)}`);
    const moments = asked.map((path) => new URL(path, 'http://server').searchParams.get('at'));
    expect(new Set(moments)).toEqual(new Set([NOW.toISOString()]));
  });

  it('ends with the number that was asked for, and is a head alone without any', async () => {
    const { client, asked } = pages(9);
    const some = { seriesId: 'B-2026', from: '2', to: '4' };
    expect(await printed(client, some)).toBe(`${HEAD}${linesOf(2, 4)}`);
    expect(asked).toHaveLength(1);
    expect(await printed(pages(0).client, { seriesId: 'B-2026' })).toBe(HEAD);
  });

  describe('of a server', () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await openShop();
      await shop.post('/fiscal/series', { seriesId: 'B-2026', prefix: 'B-' });
    });
    afterAll(() => shop.stop());

    const reported = (seriesId: string, at?: string) =>
      printed(createApiClient(shop.world.url, keyOf('a')), { seriesId, at });

    it('has each number, the same bytes each time', async () => {
      const range = { seriesId: 'B-2026', deviceId: 'till-1', epoch: '0a1b2c3d', holdsThrough: 0 };
      await shop.post('/fiscal/reserve-range', range);
      await shop.world.caughtUp();
      const at = '2026-12-31T23:59:59.000Z';
      const report = await reported('B-2026', at);
      const lines = report.trimEnd().split('\r\n');
      expect(lines[0]).toMatch(/^series,number,fate,/);
      expect(lines).toHaveLength(51);
      expect(lines[50]).toMatch(/^B-2026,50,/);
      expect(await reported('B-2026', at)).toBe(report);
    });

    it('says why there is none', async () => {
      await expect(reported('no-such-series')).rejects.toThrow(
        'the server answered 404 fiscal_series_not_found',
      );
    });
  });
});
