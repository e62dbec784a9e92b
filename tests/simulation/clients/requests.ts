import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Prng } from '../world/prng.ts';
import type { Life } from '../world/task-queue.ts';
import { isSettled } from './history.ts';
import type { Wire } from './wire.ts';

const RETRY_MS = 250;
const MAX_TRIES = 60;

export interface RequestsOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  /** Of who asks; its randomness is that of the same name. */
  readonly name: string;
}

type Request = [method: SimRequest['method'], url: string, key?: string, body?: unknown];

/** How somebody beside the tills asks any node, with or without patience. */
export interface Requests {
  readonly rnd: Prng;
  readonly pause: (ms: number) => Promise<void>;
  /** One request; undefined without an answer. */
  readonly ask: (...request: Request) => Promise<SimResponse | undefined>;
  /** A write, until its outcome is known; undefined when patience ends before. */
  readonly insist: (...request: Request) => Promise<SimResponse | undefined>;
}

export function createRequests({ conditions, nodes, wire, name }: RequestsOptions): Requests {
  const { world } = conditions;
  const rnd = world.rnd(name);
  const life: Life = { name, alive: true, pausedUntil: 0 };
  let writes = 0;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), name, resolve, life));

  const ask: Requests['ask'] = (method, url, key, body) =>
    wire.send(life, rnd.pick(nodes), {
      ...{ method, url },
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        'content-type': 'application/json',
        'idempotency-key': `${name}-${writes}`,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  return {
    rnd,
    pause,
    ask,
    async insist(...request) {
      writes += 1;
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        if (tries > 0) await pause(RETRY_MS);
        const answer = await ask(...request);
        if (answer && isSettled(answer)) return answer;
      }
      return undefined;
    },
  };
}
