import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { keyOf } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import {
  bodyOf,
  type History,
  type HistoryEntry,
  isRecorded,
  isSettled,
  type Wish,
} from './history.ts';
import { learn, type ShopView } from './shop-view.ts';
import type { Wire } from './wire.ts';
import { drawWish } from './wishes/draw-wish.ts';

const MOST_ATTEMPTS = 5;
const THINK_MS = 60;
const RETRY_MS = 150;

export interface ClientOptions {
  readonly conditions: Conditions;
  readonly name: string;
  readonly view: ShopView;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly history: History;
  /** How many events the log has now. */
  readonly events: () => number;
}

export interface Client {
  /** Does what its people want, one thing after the other. */
  work(): Promise<void>;
  /** Asks again about everything whose outcome it does not know. */
  settle(): Promise<void>;
}

const NUMBERS = [
  'amountMinor',
  'creditLimitMinor',
  'openingFloatMinor',
  'cashMinor',
  'priceMinor',
  'quantity',
  'change',
];

/** The same wish with one field changed. */
function otherBody(body = '{}'): string {
  const fields = JSON.parse(body) as Record<string, unknown>;
  for (const name of ['reason', 'note', 'name']) {
    if (typeof fields[name] !== 'string') continue;
    return JSON.stringify({ ...fields, [name]: `${fields[name]}!` });
  }
  for (const name of NUMBERS) {
    if (typeof fields[name] !== 'number') continue;
    return JSON.stringify({ ...fields, [name]: fields[name] + 1 });
  }
  if ('denominations' in fields) return JSON.stringify({ ...fields, countedBy: 'another' });
  if ('unfinishedOrderIds' in fields) return JSON.stringify({ ...fields, closedBy: 'another' });
  if ('lines' in fields) return JSON.stringify({ ...fields, note: 'another' });
  return JSON.stringify({ ...fields, reason: 'another' });
}

/** Somebody in a shop with a till: keys of its own, patience, and a memory of what was answered. */
export function createClient(options: ClientOptions): Client {
  const { conditions, name, view, nodes, wire, history, events } = options;
  const { world, weather } = conditions;
  const rnd = world.rnd(`client ${name}`);
  const life: Life = { name, alive: true, pausedUntil: 0 };
  const mine: HistoryEntry[] = [];

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), 'waits', resolve, life));
  const someNode = () => rnd.pick(nodes);

  async function insist(entry: HistoryEntry, most: number): Promise<void> {
    for (let tries = 0; tries < most && !entry.answer; tries++) {
      if (tries > 0) await pause(RETRY_MS);
      entry.attempts += 1;
      const response = await wire.send(life, someNode(), entry.request, entry.attempts);
      if (response && isSettled(response)) settled(entry, response);
    }
  }

  function settled(entry: HistoryEntry, answer: SimResponse): void {
    entry.answer = answer;
    if (answer.status < 300) learn(view, bodyOf(answer));
  }

  async function carryOut(wish: Wish): Promise<void> {
    const entry: HistoryEntry = {
      ...wish,
      client: name,
      abandoned: rnd.chance(0.1),
      attempts: 0,
      answer: undefined,
      repeats: [],
      abuses: [],
    };
    history.entries.push(entry);
    mine.push(entry);
    // Two tills with one key, or one that was impatient.
    const twin = rnd.chance(0.06) ? wire.send(life, someNode(), entry.request) : undefined;
    await insist(entry, entry.abandoned ? 1 : MOST_ATTEMPTS);
    const other = await twin;
    if (other && isSettled(other)) entry.repeats.push(other);
    if (isRecorded(entry.answer)) await lookBack(entry, entry.answer);
  }

  async function lookBack(entry: HistoryEntry, answer: SimResponse): Promise<void> {
    if (rnd.chance(0.35) && answer.status < 300) await read(entry, answer);
    if (rnd.chance(0.1)) {
      const again = await wire.send(life, someNode(), entry.request, 9);
      if (again && isSettled(again)) entry.repeats.push(again);
    }
    // The end of a reservation has nothing to say, so there is no other body of it.
    if (rnd.chance(0.06) && !/\/(confirm|release)$/.test(entry.request.url)) {
      const other = { ...entry.request, body: otherBody(entry.request.body) };
      const abuse = await wire.send(life, someNode(), other, 9);
      if (abuse && isSettled(abuse)) entry.abuses.push(abuse);
    }
  }

  /** Asks for what it has just changed, naming the position of the change. */
  async function read(entry: HistoryEntry, answer: SimResponse): Promise<void> {
    const url = queryAbout(bodyOf(answer));
    const request: SimRequest = {
      method: 'GET',
      url,
      headers: {
        authorization: `Bearer ${keyOf(view.id, 'till')}`,
        'tillstream-position': answer.headers['tillstream-position'] ?? '',
      },
    };
    const askedAtEvent = events();
    const response = await wire.send(life, someNode(), request);
    if (!response) return;
    history.readings.push({ shop: view.id, request, response, after: entry, askedAtEvent });
  }

  function queryAbout(body: Record<string, unknown>): string {
    const { orderId, customerId, drawerId, productId, stockId, paymentId } = body as {
      paymentId?: string;
      productId?: string;
      stockId?: string;
      orderId?: string;
      customerId?: string;
      drawerId?: string;
    };
    if (paymentId !== undefined) {
      const payment = `/payment-attempts/${paymentId}`;
      return rnd.chance(0.6) ? payment : `/payment-attempts?orderId=${orderId}`;
    }
    if (orderId === undefined && drawerId !== undefined) {
      const drawer = `/drawers/${drawerId}`;
      return rnd.chance(0.6) ? drawer : rnd.pick([`${drawer}/report`, '/drawers?limit=200']);
    }
    if (orderId === undefined && stockId !== undefined) {
      const stock = `/inventory/${productId}`;
      return rnd.pick([
        stock,
        `${stock}/movements`,
        `${stock}/availability`,
        '/inventory?low=true',
      ]);
    }
    if (orderId === undefined && productId !== undefined) {
      return rnd.chance(0.6)
        ? `/products/${productId}`
        : rnd.pick(['/products', '/products/search?q=beans']);
    }
    const of = orderId === undefined ? `/customers/${customerId}` : `/orders/${orderId}`;
    const lists =
      orderId === undefined
        ? [`${of}/statement`, `/debts?customerId=${customerId}`, '/customers?limit=200']
        : [`${of}/status`, `${of}/history`, `/payments?orderId=${orderId}`, '/orders?limit=200'];
    return rnd.chance(0.6) ? of : rnd.pick([...lists, '/reports/daily-sales']);
  }

  return {
    async work() {
      for (let i = 0; i < weather.commandsPerClient; i++) {
        await pause(THINK_MS);
        await carryOut(drawWish(view, rnd, `${name}-${String(i).padStart(3, '0')}`));
      }
    },
    async settle() {
      for (const entry of mine) if (!entry.abandoned) await insist(entry, 100);
    },
  };
}
