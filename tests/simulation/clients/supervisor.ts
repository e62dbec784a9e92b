import type { Fail } from '../checkers/checker.ts';
import { PROJECTIONS } from '../checkers/shadow.ts';
import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { keyOf, SHOPS } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import { bodyOf } from './history.ts';
import { REQUEST_LIMIT_MS, type Wire } from './wire.ts';

/** Longest time between two orders. */
const IDLE_MS = 600;
const RETRY_MS = 300;
/** How soon all processes must show what was ordered, once nothing goes wrong any more. */
const SHOWN_MS = 20_000;

/** Somebody who lets read models rest and go on, and who knows what must be so in the end. */
export interface Supervisor {
  stop(): void;
  /** Looks whether what was ordered is so, and then lets all go on. */
  settle(): Promise<void>;
}

/** `unsure`: an order without an answer may still be carried out. */
type Standing = 'rests' | 'goes' | 'unsure';

type Action = 'pause' | 'resume' | 'rebuild' | 'cancel-rebuild' | 'audit';
/** One that rests is mostly let go on, and one that goes on told to rest or built anew. */
const RESTING: readonly Action[] = ['resume', 'resume', 'resume', 'pause', 'rebuild'];
const GOING: readonly Action[] = ['pause', 'pause', 'rebuild', 'cancel-rebuild', 'audit', 'resume'];

const BODIES: Partial<Record<Action, object>> = {
  pause: { reason: 'the read store is being moved' },
  rebuild: { reason: 'to see whether it is the same again' },
  audit: { heal: true, sample: 3 },
};

export function startSupervisor(
  { world, weather }: Conditions,
  nodes: readonly SimNode[],
  wire: Wire,
  fail: Fail,
): Supervisor {
  if (!weather.supervisor) return { stop: () => undefined, settle: () => Promise.resolve() };
  const rnd = world.rnd('supervisor');
  const life: Life = { name: 'supervisor', alive: true, pausedUntil: 0 };
  const headers = {
    authorization: `Bearer ${keyOf(SHOPS[0]?.id ?? '', 'operator')}`,
    'content-type': 'application/json',
  };
  /** Of the read models that were ever told to rest. */
  const standing = new Map<string, Standing>();
  // One or two, so that orders about the same follow one another.
  const names = [rnd.pick(PROJECTIONS).name, rnd.pick(PROJECTIONS).name];
  let working = true;

  const waits = (ms: number) =>
    new Promise<void>((resolve) => {
      world.at(ms, 'waits', resolve, life);
    });

  /** Asks one process after the other for the one that has the read model. */
  async function order(name: string, action: Action): Promise<SimResponse | undefined> {
    const first = rnd.below(nodes.length);
    const body = BODIES[action];
    let unknown = false;
    let refused: SimResponse | undefined;
    for (let i = 0; i < nodes.length; i++) {
      const request: SimRequest = {
        ...{ method: 'POST', url: `/projections/${name}/${action}`, headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      const response = await wire.send(life, nodes[(first + i) % nodes.length] as SimNode, request);
      if (!response || response.status >= 500) unknown = true;
      else if (!response.body.includes('projection_elsewhere')) return response;
      else refused = response;
    }
    return unknown ? undefined : refused;
  }

  function learn(name: string, action: Action, response: SimResponse | undefined): void {
    if (action !== 'pause' && action !== 'resume') return;
    if (!response || standing.get(name) === 'unsure') standing.set(name, 'unsure');
    else if (response.status === 202) standing.set(name, action === 'pause' ? 'rests' : 'goes');
  }

  async function work(): Promise<void> {
    while (working) {
      await waits(rnd.next() * IDLE_MS);
      if (!working) return;
      const name = rnd.pick(names);
      const action = rnd.pick(standing.get(name) === 'rests' ? RESTING : GOING);
      learn(name, action, await order(name, action));
    }
  }

  /** What each process says of a read model. */
  async function shown(name: string): Promise<string[]> {
    const states: string[] = [];
    for (const node of nodes) {
      const request: SimRequest = { method: 'GET', url: '/projections', headers };
      const response = await wire.send(life, node, request);
      const { items = [] } = response?.status === 200 ? bodyOf(response) : {};
      const found = (items as { name: string; state: string }[]).find((one) => one.name === name);
      states.push(found?.state ?? 'no answer');
    }
    return states;
  }

  async function mustShow(name: string, stands: Standing): Promise<void> {
    if (stands === 'unsure') return;
    const resting = stands === 'rests' ? nodes.length : 0;
    const until = world.now + SHOWN_MS;
    let states: string[] = [];
    while (world.now < until) {
      states = await shown(name);
      const rest = states.filter((state) => state === 'paused').length;
      if (!states.includes('no answer') && rest === resting) return;
      await waits(RETRY_MS);
    }
    fail('order-stands', `${name} ${stands}, as was answered, but is ${states.join(', ')}`);
  }

  const worked = work();
  return {
    stop() {
      working = false;
    },
    async settle() {
      await worked;
      for (const [name, stands] of standing) await mustShow(name, stands);
      // What was never answered may still be on its way, or at work.
      if ([...standing.values()].includes('unsure')) await waits(REQUEST_LIMIT_MS);
      for (const name of standing.keys()) {
        for (;;) {
          const response = await order(name, 'resume');
          if (response?.status === 202 || response?.body.includes('projection_not_paused')) break;
          await waits(RETRY_MS);
        }
      }
    },
  };
}
