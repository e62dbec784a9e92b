import { PROJECTIONS } from '../checkers/shadow.ts';
import type { SimNode } from '../nodes/node.ts';
import { keyOf, SHOPS } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import type { Wire } from './wire.ts';

/** Longest time between two orders of an operator. */
const IDLE_MS = 4_000;

/**
 * Somebody who has read models built anew and audited while the shops are open. Orders that are
 * lost, or are for another node, are not repeated.
 */
export function startOperator(
  { world, weather }: Conditions,
  nodes: readonly SimNode[],
  wire: Wire,
): { stop(): void } {
  if (!weather.operator) return { stop: () => undefined };
  const rnd = world.rnd('operator');
  const life: Life = { name: 'operator', alive: true, pausedUntil: 0 };
  const [shop] = SHOPS;
  let working = true;

  async function order(): Promise<void> {
    const { name } = rnd.pick(PROJECTIONS);
    const [action, body] = rnd.chance(0.6)
      ? ['rebuild', { reason: 'to see whether it is the same again' }]
      : ['audit', { heal: true }];
    await wire.send(life, rnd.pick(nodes), {
      method: 'POST',
      url: `/projections/${name}/${action}`,
      headers: {
        authorization: `Bearer ${keyOf(shop?.id ?? '', 'operator')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  }

  function tick(): void {
    if (!working) return;
    void order();
    world.at(rnd.next() * IDLE_MS, 'operator', tick, life);
  }

  world.at(rnd.next() * IDLE_MS, 'operator', tick, life);
  return {
    stop() {
      working = false;
    },
  };
}
