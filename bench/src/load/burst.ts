import { randomUUID } from 'node:crypto';

import type { Measured, Running } from '../harness/task.ts';

export interface BurstLoad {
  readonly url: string;
  readonly key: string;
  /** Bodies of orders as a JSON list, which are placed in turn. */
  readonly bodies: string;
  readonly connections: number;
  readonly orders: number;
}

/** Places so many orders as fast as the server takes them, over so many connections. */
export async function setup(load: BurstLoad): Promise<Running> {
  const { url, key, connections, orders } = load;
  const bodies = JSON.parse(load.bodies) as readonly string[];

  async function place(number: number): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        'idempotency-key': randomUUID(),
      },
      body: bodies[number % bodies.length] ?? '',
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`expected an order to be placed, found ${answer}`);
  }

  async function round(): Promise<Measured> {
    let left = orders;
    const from = performance.now();
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        await place(left);
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
    return { placedMs: performance.now() - from };
  }

  return { round, close: () => Promise.resolve() };
}
