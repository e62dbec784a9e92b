import { API_LIMITS } from '../../../src/api/limits.ts';
import { largeOrder, smallOrder } from './payloads.ts';
import { type HttpRequest, sendInTurn } from './requests.ts';
import { keyOf, type Target } from './target.ts';

/** The longest that an attack takes, and that its counts are meant for. */
export const FULL_SECONDS = 60;
const PREPARE_MS = 240_000;
const GROWERS = 32;
const LARGE_AT_ONCE = 2;
const MANY_ORDERS = 1_000;
const EVENTS = 9_000;
const LARGE_ORDERS = 200;
/** An event has what the order has and all prices, and has to fit into an append of 1 MiB. */
export const STORABLE = 0.88;

export interface GrownOrder {
  readonly orderId: string;
  readonly path: string;
  readonly revision: number;
  /** The repeat of the command that led to each revision but the first. */
  readonly commands: readonly HttpRequest[];
}

/** What the attacks of shop a work with. What they need is made once, in the server's log. */
export interface Lab {
  readonly target: Target;
  /** So many in a full run; fewer in a short one, but one at least. */
  readonly scaled: (count: number) => number;
  /** For requests of shop a. */
  readonly headers: Readonly<Record<string, string>>;
  /** A write of shop a with a key of its own. */
  write(path: string, body: Buffer | string): HttpRequest;
  manyOrders(): Promise<void>;
  grownOrder(): Promise<GrownOrder>;
  /** Large orders. @returns a position before all of them. */
  largeOrders(): Promise<string>;
}

export function createLab(current: () => Target, seconds: number): Lab {
  const scaled = (count: number) =>
    Math.max(1, Math.round(count * Math.min(1, seconds / FULL_SECONDS)));
  const headers = { authorization: `Bearer ${keyOf('a')}` };
  let writes = 0;
  const write = (path: string, body: Buffer | string): HttpRequest => ({
    method: 'POST',
    path,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'idempotency-key': `attack-${writes++}`,
    },
    body,
  });
  const prepare = (requests: readonly HttpRequest[], connections: number) =>
    sendInTurn(current().url, requests, { connections, signal: AbortSignal.timeout(PREPARE_MS) });
  const writesOf = (times: number, path: string, body: Buffer | string) =>
    Array.from({ length: times }, () => write(path, body));

  return {
    get target() {
      return current();
    },
    scaled,
    headers,
    write,
    manyOrders: once(async () => {
      await prepare(writesOf(scaled(MANY_ORDERS), '/orders', smallOrder), GROWERS);
    }),
    grownOrder: once(async () => {
      const [placed] = await prepare([write('/orders', smallOrder)], 1);
      const { orderId } = JSON.parse(placed?.body ?? '{}') as { orderId: string };
      const path = `/orders/${orderId}`;
      // The status that it has: each report is one small event.
      const status = JSON.stringify({ status: 'PENDING' });
      const commands = writesOf(scaled(EVENTS) - 1, `${path}/status`, status);
      await prepare(commands, GROWERS);
      return { orderId, path, revision: commands.length, commands };
    }),
    largeOrders: once(async () => {
      const [before] = await prepare([write('/orders', smallOrder)], 1);
      const { position } = JSON.parse(before?.body ?? '{}') as { position: string };
      const body = largeOrder(API_LIMITS.bodyBytes * STORABLE);
      await prepare(writesOf(scaled(LARGE_ORDERS), '/orders', body), LARGE_AT_ONCE);
      return position;
    }),
  };
}

/** Makes something once; again only when that failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    made.catch(() => (made = undefined));
    return made;
  };
}
