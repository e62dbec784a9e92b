import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type ChargeBody,
  createProvider,
  type RefundBody,
  type Reply,
  type SimulatedPayment,
} from './provider.ts';
import type { PaymentSettings } from './settings.ts';

const MAX_BODY_BYTES = 65_536;

export interface PaymentSimulator {
  readonly url: string;
  /** What the provider has: a test counts charges here, not at the caller. */
  readonly payments: () => readonly SimulatedPayment[];
  set(changes: Partial<PaymentSettings>): void;
  /** Confirms a charge that was accepted, before its time. */
  confirm(attemptId: string): void;
  stop(): Promise<void>;
}

/** A payment provider as a real HTTP server, with seeded and settable behaviour. */
export async function startPaymentSimulator({
  port = 0,
  settings = {},
}: {
  port?: number;
  settings?: Partial<PaymentSettings>;
} = {}): Promise<PaymentSimulator> {
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const provider = createProvider({
    now: () => Date.now(),
    later,
    onSettled: (payment) => void notify(provider.settings(), payment),
  });
  provider.set(settings);

  const server = createServer((req, res) => {
    void answer(provider, later, req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    payments: () => provider.payments(),
    set: (changes) => provider.set(changes),
    confirm: (attemptId) => provider.confirm(attemptId),
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await closed(server);
    },
  };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

type Provider = ReturnType<typeof createProvider>;

async function answer(
  provider: Provider,
  later: (ms: number, run: () => void) => void,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await bodyOf(req);
  const { pathname } = new URL(req.url ?? '/', 'http://simulator');
  const control = controlled(provider, req.method, pathname, body);
  if (control) {
    send(res, control);
    return;
  }
  const reply = replied(provider, req.method, pathname, body);
  await new Promise<void>((resolve) => later(provider.latencyMs(), resolve));
  if (reply.lost === true) res.destroy();
  else send(res, reply);
}

/** `GET` and `PUT /control`: settings. `GET /control/payments`: all that it has. */
function controlled(
  provider: Provider,
  method: string | undefined,
  path: string,
  body: unknown,
): Reply | undefined {
  if (path === '/control/payments') return { status: 200, body: provider.payments() };
  if (path !== '/control') return undefined;
  if (method === 'PUT') provider.set(body as Partial<PaymentSettings>);
  return { status: 200, body: provider.settings() };
}

function replied(
  provider: Provider,
  method: string | undefined,
  path: string,
  body: unknown,
): Reply {
  const [, attempt, part] = /^\/v1\/payments(?:\/([^/]+)(\/refunds)?)?$/.exec(path) ?? [];
  const attemptId = decodeURIComponent(attempt ?? '');
  if (method === 'POST' && path === '/v1/payments') return provider.charge(body as ChargeBody);
  if (method === 'GET' && attemptId !== '') return provider.lookup(attemptId);
  if (method === 'POST' && part !== undefined) {
    return provider.refund(attemptId, body as RefundBody);
  }
  return { status: 404, body: { error: 'not_found' } };
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error('the body exceeds the limit');
    chunks.push(chunk);
  }
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown);
}

function send(res: ServerResponse, { status, body, headers = {} }: Reply): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

/**
 * A notice is signed with the secret over its time, its shop and its body: `t=<seconds>,v1=<hex>`.
 * The shop is the last part of the URL: what is signed for one is not accepted by another.
 */
async function notify(settings: PaymentSettings, payment: SimulatedPayment): Promise<void> {
  const { noticeUrl, notices, noticeSecret } = settings;
  const shopId = decodeURIComponent(noticeUrl.slice(noticeUrl.lastIndexOf('/') + 1));
  const times = { never: 0, once: 1, twice: 2 }[notices];
  const body = JSON.stringify({ id: `evt_${payment.id}`, attemptId: payment.attemptId });
  for (let i = 0; i < times && noticeUrl !== ''; i++) {
    const seconds = Math.floor(Date.now() / 1_000);
    const signed = `${seconds}.${shopId}.${body}`;
    const mac = createHmac('sha256', noticeSecret).update(signed).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'simulator-signature': `t=${seconds},v1=${mac}`,
    };
    await fetch(noticeUrl, { method: 'POST', headers, body }).catch(() => undefined);
  }
}
