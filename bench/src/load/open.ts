import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';

import { percentile } from '../harness/statistics.ts';
import type { Measured, Running } from '../harness/task.ts';

export interface OpenLoad {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly path: string;
  readonly key: string;
  readonly body?: string;
  /** Bodies as a JSON list, which are sent in turn, instead of one. */
  readonly bodies?: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Every n-th order is asked for as soon as its command was answered; 0: none. */
  readonly readEvery: number;
}

/** Sockets that a server may be asked to hold; an open load does not wait for answers. */
const MAX_SOCKETS = 2_000;
const TICK_MS = 1;
/** What is not answered so long after the last order was offered counts as failed. */
const PATIENCE_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly position: string | undefined;
  readonly body: string;
}

/**
 * Offers orders at a fixed rate, whether or not the ones before were answered. Latency counts from
 * the moment at which an order was due, so that a stall of the server shows in all that had to wait.
 * The lag of the read model is the time from a command's answer until `GET /orders/:id`, asked at
 * the position of that answer, has the order.
 */
export async function setup(load: OpenLoad): Promise<Running> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const base = new URL(load.url);
  const giveUp = new AbortController();
  // Every request in flight listens to it.
  setMaxListeners(0, giveUp.signal);

  function send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = base;
      const options = { agent, method, hostname, port, path, signal: giveUp.signal };
      const sent = request({ ...options, headers: { ...headers, ...auth } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const position = response.headers['tillstream-position'];
          resolve({
            status: response.statusCode ?? 0,
            position: typeof position === 'string' ? position : undefined,
            body: Buffer.concat(parts).toString(),
          });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const auth = { authorization: `Bearer ${load.key}` };
  const bodies = JSON.parse(load.bodies ?? JSON.stringify([load.body])) as readonly string[];

  async function readBack({ body, position = '' }: Answer, lagMs: number[]): Promise<void> {
    const answeredAt = performance.now();
    const { orderId } = JSON.parse(body) as { orderId: string };
    const headers = { 'tillstream-position': position };
    const found = await send('GET', `${load.path}/${orderId}`, headers);
    if (found.status !== 200) throw new Error(`GET order: ${found.status} ${found.body}`);
    lagMs.push(performance.now() - answeredAt);
  }

  async function round(): Promise<Measured> {
    const tookMs: number[] = [];
    const lagMs: number[] = [];
    const failures: unknown[] = [];
    const pending = new Set<Promise<void>>();
    const total = load.perSecond * load.seconds;
    const from = performance.now();

    async function order(number: number): Promise<void> {
      const dueAt = from + (number * 1_000) / load.perSecond;
      const body = bodies[number % bodies.length] ?? '';
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'idempotency-key': randomUUID(),
      };
      const answer = await send('POST', load.path, headers, body);
      if (answer.status < 200 || answer.status > 299)
        throw new Error(`POST order: ${answer.status} ${answer.body}`);
      tookMs.push(performance.now() - dueAt);
      if (load.readEvery > 0 && number % load.readEvery === 0) await readBack(answer, lagMs);
    }

    for (let sent = 0; sent < total;) {
      const due = Math.min(total, ((performance.now() - from) * load.perSecond) / 1_000);
      for (; sent < due; sent++) {
        const task = order(sent)
          .catch((error: unknown) => {
            failures.push(error);
          })
          .finally(() => pending.delete(task));
        pending.add(task);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    const answeredAll = Promise.all(pending);
    const lost = setTimeout(() => {
      giveUp.abort();
    }, PATIENCE_MS);
    await answeredAll;
    clearTimeout(lost);
    if (failures.length > 0) console.error(`${failures.length} failed: ${String(failures[0])}`);
    const seconds = (performance.now() - from) / 1_000;
    const latency = { p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) };
    const lag =
      lagMs.length > 0
        ? { lagP50Ms: percentile(lagMs, 0.5), lagP99Ms: percentile(lagMs, 0.99) }
        : {};
    return { ...latency, ...lag, perSecond: tookMs.length / seconds, failed: failures.length };
  }

  return {
    round,
    close: async () => {
      agent.destroy();
    },
  };
}
