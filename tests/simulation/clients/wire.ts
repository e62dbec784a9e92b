import type { Mutant } from '../mutants/mutant.ts';
import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';

const TIMEOUT_MS = 1_200;
/** A query may be made to wait for a position that it names. */
const QUERY_TIMEOUT_MS = 2_500;
/** An erasure waits until the read models have seen it. */
const REMOVAL_TIMEOUT_MS = 8_000;
/** No request may be under way for longer in a node that lives and does not stand still. */
export const REQUEST_LIMIT_MS = 30_000;

/** What a node was asked, and how long it took. */
export interface Served {
  readonly request: SimRequest;
  readonly node: string;
  readonly ms: number;
}

export interface Wire {
  /** Resolves with the answer, or with undefined when none came in time. */
  send(
    client: Life,
    node: SimNode,
    request: SimRequest,
    attempt?: number,
  ): Promise<SimResponse | undefined>;
  /** All answers that nodes have given, also those that got lost on the way. */
  readonly served: Served[];
}

function timeoutOf({ method }: SimRequest): number {
  if (method === 'GET') return QUERY_TIMEOUT_MS;
  return method === 'DELETE' ? REMOVAL_TIMEOUT_MS : TIMEOUT_MS;
}

/** The way between clients and nodes, where requests and answers get lost. */
export function createWire(
  { world, weather, faults }: Conditions,
  mutant: Mutant,
  onArrival: (node: SimNode) => void,
): Wire {
  const rnd = world.rnd('wire');
  const served: Served[] = [];
  const way = () => rnd.next() * weather.latencyMs;

  function arrive(
    node: SimNode,
    request: SimRequest,
    reply: (response: SimResponse | undefined) => void,
  ): void {
    const begun = world.now;
    const { life } = node;
    onArrival(node);
    node.serve(request).then(
      (response) => {
        served.push({ request, node: life?.name ?? '', ms: world.now - begun });
        reply(mutant.response?.(response, request, world) ?? response);
      },
      () => reply(undefined),
    );
  }

  return {
    served,
    send: (client, node, sent, attempt = 1) =>
      new Promise((resolve) => {
        const request = mutant.request?.(sent, attempt) ?? sent;
        const label = `${request.method} ${request.url}`;
        const timeoutMs = timeoutOf(request);
        const timer = world.at(timeoutMs, `${label}: no answer`, () => resolve(undefined), client);
        const answer = (response: SimResponse | undefined) => {
          if (rnd.chance(faults.answerLost)) return;
          const tell = () => {
            timer.cancelled = true;
            resolve(response);
          };
          const how = response ? String(response.status) : 'refused';
          world.at(way(), `${label}: ${how}`, tell, client);
        };
        if (rnd.chance(faults.requestLost)) return;
        const { life } = node;
        if (life) world.at(way(), label, () => arrive(node, request, answer), life);
        else answer(undefined);
      }),
  };
}
