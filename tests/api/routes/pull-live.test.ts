import { keyOf } from '../support/api-world.ts';
import { openShop, placeSale, type Shop } from './support/shop.ts';

interface Page {
  readonly items: readonly { readonly type: string; readonly entity: string }[];
  readonly cursor: string;
  readonly mustRefetch?: { readonly reason: string };
}

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});

/** The stream of a device, read event by event. */
async function follow(query: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(`${shop.world.url}/sync/pull${query}`, {
    headers: {
      authorization: `Bearer ${keyOf('a', 'till')}`,
      accept: 'text/event-stream',
      ...headers,
    },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  /** The next page; undefined at the end of the stream. */
  async function next(): Promise<Page | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) return JSON.parse(data) as Page;
        continue;
      }
      const read = await reader?.read();
      if (!read || read.done) return undefined;
      text += read.value;
    }
  }
  return { status: response.status, type: response.headers.get('content-type'), next, stop };
}

describe('A stream of pulled pages', () => {
  it('gives what there is, then what happens, and goes on after its last event', async () => {
    const first = await placeSale(shop, 100);
    const live = await follow('');
    expect([live.status, live.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const page = await live.next();
    expect(page?.items.map(({ entity }) => entity)).toContain(`order:${first}`);

    const second = await placeSale(shop, 200);
    const news = await live.next();
    expect(news?.items[0]).toMatchObject({ type: 'OrderPlaced', entity: `order:${second}` });
    live.stop.abort();

    const third = await placeSale(shop, 300);
    const again = await follow('', { 'last-event-id': news?.cursor ?? '' });
    expect((await again.next())?.items[0]).toMatchObject({ entity: `order:${third}` });
    again.stop.abort();
    await shop.stop();
  });

  it('refuses a cursor that was changed before it begins', async () => {
    const { status, type } = await follow('?cursor=changed');
    expect([status, type]).toEqual([400, 'application/problem+json']);
    await shop.stop();
  });

  it('ends when the server stops', async () => {
    const live = await follow('');
    await live.next();
    await shop.stop();
    await expect(live.next()).resolves.toBeUndefined();
  });

  it('ends after it said that the device must begin again', async () => {
    const all = await follow('');
    const cursor = (await all.next())?.cursor ?? '';
    all.stop.abort();
    const live = await follow(`?cursor=${cursor}&checksum=${'a'.repeat(64)}`);
    expect((await live.next())?.mustRefetch).toMatchObject({ reason: 'checksum' });
    expect(await live.next()).toBeUndefined();
    await shop.stop();
  });
});
