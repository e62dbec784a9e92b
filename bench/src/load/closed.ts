import { randomUUID } from 'node:crypto';

import autocannon from 'autocannon';

import type { Measured, Running } from '../harness/task.ts';

export interface ClosedLoad {
  readonly url: string;
  readonly key: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Keeps so many connections busy, each request with an Idempotency-Key of its own. */
export async function setup(load: ClosedLoad): Promise<Running> {
  const { url, key, body, connections, seconds } = load;

  async function round(): Promise<Measured> {
    const result = await autocannon({
      url,
      connections,
      duration: seconds,
      requests: [
        {
          method: 'POST',
          setupRequest: (request) => ({
            ...request,
            body,
            headers: {
              'content-type': 'application/json',
              authorization: `Bearer ${key}`,
              'idempotency-key': randomUUID(),
            },
          }),
        },
      ],
    });
    const failed = result.non2xx + result.errors + result.timeouts;
    if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`);
    return {
      perSecond: result.requests.total / result.duration,
      p50Ms: result.latency.p50,
      p99Ms: result.latency.p99,
    };
  }

  return { round, close: () => Promise.resolve() };
}
