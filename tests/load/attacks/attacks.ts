import { API_LIMITS } from '../../../src/api/limits.ts';
import { type Lab, STORABLE } from './lab.ts';
import { largeOrder, squareOrders } from './payloads.ts';
import { dripBodies, pipelineUnread } from './raw-sockets.ts';
import { type HttpRequest, sendAll } from './requests.ts';

const MIB = 1_048_576;
const KIB = 1_024;
const MAX_LINES = 500;
const MAX_IMPORT_ITEMS = 5_000;

export interface Attack {
  readonly name: string;
  /** What shop a needs before, in the log of the server. Not measured. */
  readonly prepare?: (lab: Lab) => Promise<unknown>;
  /** Ends at the latest soon after the signal. @returns a label for each answer. */
  readonly run: (lab: Lab, signal: AbortSignal) => Promise<string[]>;
}

const range = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
/** Item `i` of `count` that are spread evenly over a list. */
const spread = (i: number, count: number, length: number) => Math.floor((i * length) / count);
const get = ({ headers }: Lab, path: string): HttpRequest => ({ method: 'GET', path, headers });

/** The request as it is sent over a socket. */
function head(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines.join('')}\r\n`;
}

/** Answers pile up in the server as long as it goes on answering. */
const unread: Attack = {
  name: 'unread',
  run({ target: { port }, scaled }, signal) {
    const sockets = 12;
    return pipelineUnread({
      port,
      sockets,
      each: Math.ceil(scaled(1_400) / sockets),
      request: head('GET', '/openapi.json', {}),
      holdMs: 5_000,
      signal,
    });
  },
};

/** The same with answers that are made for each request. */
const unreadOrders: Attack = {
  name: 'unread-orders',
  prepare: (lab) => lab.manyOrders(),
  run({ target: { port }, scaled, headers }, signal) {
    const sockets = 50;
    return pipelineUnread({
      port,
      sockets,
      each: Math.ceil(scaled(5_000) / sockets),
      request: head('GET', '/orders?limit=200', headers),
      holdMs: 15_000,
      signal,
    });
  },
};

/** Each repeat gets the order as it was after its command. */
const repeats: Attack = {
  name: 'repeats',
  prepare: (lab) => lab.grownOrder(),
  async run(lab, signal) {
    const { commands } = await lab.grownOrder();
    const count = lab.scaled(480);
    const requests = range(count, (i) => commands[spread(i, count, commands.length)]);
    return sendAll(
      lab.target.url,
      requests.filter((request) => request !== undefined),
      signal,
    );
  },
};

/** Folds of thousands of events, and comparisons of two of them. */
const asOf: Attack = {
  name: 'as-of',
  prepare: (lab) => lab.grownOrder(),
  async run(lab, signal) {
    const { path, revision } = await lab.grownOrder();
    const at = (i: number, count: number) => revision - spread(i, count, revision);
    const count = lab.scaled(400);
    const reads = range(count, (i) => get(lab, `/history${path}?asOf=${at(i, count)}`));
    const pairs = lab.scaled(200);
    const changes = range(pairs, (i) =>
      get(lab, `/history${path}/changes?from=${at(i, 2 * pairs)}&to=${revision}`),
    );
    const first = await sendAll(lab.target.url, reads, signal);
    return [...first, ...(await sendAll(lab.target.url, changes, signal))];
  },
};

/** Half are as large as a body may be; the event of the others is just small enough to be stored. */
const largeOrders: Attack = {
  name: 'large-orders',
  run(lab, signal) {
    const bodies = [API_LIMITS.bodyBytes - 4 * KIB, API_LIMITS.bodyBytes * STORABLE].map(
      largeOrder,
    );
    const requests = range(lab.scaled(480), (i) =>
      lab.write('/orders', bodies[i % bodies.length] ?? Buffer.alloc(0)),
    );
    return sendAll(lab.target.url, requests, signal);
  },
};

/** By turns as many orders as an import may have, and the largest. One is above every limit. */
const largeImports: Attack = {
  name: 'large-imports',
  run(lab, signal) {
    const bytes = 3.9 * MIB;
    const bodies = range(lab.scaled(60), (i) =>
      i % 2 === 0
        ? squareOrders(`small-${i}`, 3, bytes, MAX_IMPORT_ITEMS)
        : squareOrders(`large-${i}`, MAX_LINES, bytes, MAX_IMPORT_ITEMS),
    );
    const above = Buffer.alloc(17 * MIB, ' ');
    const requests = [...bodies, above].map((body) => lab.write('/imports/orders', body));
    return sendAll(lab.target.url, requests, signal);
  },
};

/** Pages of events that have a megabyte each. */
const history: Attack = {
  name: 'history',
  prepare: (lab) => lab.largeOrders(),
  async run(lab, signal) {
    const after = await lab.largeOrders();
    const path = `/history?limit=200&type=OrderPlaced&after=${after}`;
    return sendAll(
      lab.target.url,
      range(lab.scaled(200), () => get(lab, path)),
      signal,
    );
  },
};

/** Most of each body comes at once, so that the server holds it; the rest never ends. */
const slowBodies: Attack = {
  name: 'slow-bodies',
  run({ target: { port }, scaled, headers }, signal) {
    const body = largeOrder(API_LIMITS.bodyBytes - 4 * KIB);
    return dripBodies({
      port,
      connections: scaled(300),
      headOf: (number) =>
        head('POST', '/orders', {
          ...headers,
          'Content-Type': 'application/json',
          'Content-Length': String(body.length),
          'Idempotency-Key': `slow-${number}`,
        }),
      body,
      atOnce: 900 * KIB,
      everyMs: 100,
      signal,
    });
  },
};

/** In the order in which they run. The first shows what the machine does without an attack. */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'none',
    run: (_lab, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          resolve([]);
        };
        const timer = setTimeout(end, 10_000);
        signal.addEventListener('abort', end);
      }),
  },
  unread,
  unreadOrders,
  repeats,
  asOf,
  largeOrders,
  largeImports,
  history,
  slowBodies,
];
