import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A text message as the simulator accepted it. */
export interface SimulatedMessage {
  readonly id: string;
  readonly key: string;
  readonly to: string;
  readonly text: string;
  readonly reference: string;
}

export interface SmsSimulatorOptions {
  readonly port: number;
  /** Of new messages, those that are accepted. */
  readonly successPercent: number;
  /** Where reports are sent, signed with the secret; absent: none are. */
  readonly reports?: { readonly url: string; readonly secret: string };
}

export interface SmsSimulator {
  readonly url: string;
  /** In the order in which they were accepted; a repeat of a key is none. */
  readonly messages: readonly SimulatedMessage[];
  untilMessages(count: number): Promise<readonly SimulatedMessage[]>;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 65_536;
/** A number that ends with these digits is refused, or its message comes back. */
const REFUSED = '0000404';
const BOUNCED = '0000410';

/** Stands in for a provider of text messages: a real HTTP server with the same behaviour. */
export async function startSmsSimulator(options: SmsSimulatorOptions): Promise<SmsSimulator> {
  const messages: SimulatedMessage[] = [];
  const byKey = new Map<string, SimulatedMessage>();
  let watchers: { readonly count: number; readonly met: () => void }[] = [];

  function accept(message: SimulatedMessage): void {
    messages.push(message);
    byKey.set(message.key, message);
    const met = watchers.filter(({ count }) => messages.length >= count);
    watchers = watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.met();
    const event = message.to.endsWith(BOUNCED) ? 'bounced' : 'delivered';
    void report(options.reports, message, event);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== '/messages') {
      reply(response, 404, {});
      return;
    }
    const body = JSON.parse(await read(request)) as Partial<SimulatedMessage>;
    const { to = '', text = '', reference = '' } = body;
    const key = String(request.headers['idempotency-key'] ?? '');
    const known = byKey.get(key);
    if (known) reply(response, 200, { id: known.id });
    else if (to.endsWith(REFUSED)) reply(response, 422, { error: 'no such number' });
    else if (Math.random() * 100 >= options.successPercent) {
      reply(response, 503, { error: 'try again' }, { 'Retry-After': '1' });
    } else {
      const message = { id: randomUUID(), key, to, text, reference };
      accept(message);
      reply(response, 202, { id: message.id });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => reply(response, 400, { error: 'not a message' }));
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    messages,
    untilMessages: (count) =>
      new Promise((resolve) => {
        const met = () => resolve(messages);
        if (messages.length >= count) met();
        else watchers.push({ count, met });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the body is too large');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reports what became of a message, signed over its time and content. */
async function report(
  to: SmsSimulatorOptions['reports'],
  { reference, id }: SimulatedMessage,
  event: string,
): Promise<void> {
  if (!to) return;
  const at = new Date().toISOString();
  const signature = createHmac('sha256', to.secret)
    .update(`${at}.${reference}.${event}.${id}`)
    .digest('hex');
  const body = JSON.stringify({ at, reference, event, reportId: id, signature });
  const headers = { 'Content-Type': 'application/json' };
  await fetch(to.url, { method: 'POST', headers, body }).catch(() => undefined);
}
