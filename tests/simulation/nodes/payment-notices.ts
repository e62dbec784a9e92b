import { createHmac } from 'node:crypto';

import { createPaymentNotices } from '../../../src/adapters/payments/notice-signature.ts';
import { storeOf } from '../../../src/domain/kernel/names.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { PaymentNotices } from '../../../src/ports/payment-notices.ts';
import type { Wire } from '../clients/wire.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import type { SimRequest } from './api.ts';
import type { SimNode } from './node.ts';
import type { Servers } from './servers.ts';
import { SHOPS } from './shops.ts';

const SECRET = 'secret of the provider';
/** Longest time from what happened to its notice: others overtake it. */
const MOST_LATE_MS = 6_000;
/** Longest time between two tries to deliver one. */
const MOST_PAUSE_MS = 1_500;

/** How notices of the provider of the world are recognized. */
export function createSimNotices(clock: Clock): PaymentNotices {
  return createPaymentNotices(SECRET, clock);
}

/** A notice that the provider has sent, or one that another has made up. */
interface SimNotice {
  readonly id: string;
  readonly attemptId: string;
  readonly shopId: string;
  /** The shop that it was signed for. */
  readonly signedFor: string;
  readonly secret: string;
}

/** All notices of the world, by shop and id. */
export interface SimNotices {
  /** Those of the provider, with the payment of each. */
  readonly sent: ReadonlyMap<string, string>;
  /** Those that a node has taken: it answered 200. */
  readonly taken: ReadonlySet<string>;
  /** How many are on their way, or still to come. */
  underWay(): number;
}

export interface NoticeOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly servers: Servers;
  readonly wire: Wire;
}

/** Sends notices of what happens at the provider: early, late, twice, in any order, or never. */
export function startNotices({ conditions, nodes, servers, wire }: NoticeOptions): SimNotices {
  const { world } = conditions;
  const rnd = world.rnd('payment notices');
  const life: Life = { name: 'payment provider', alive: true, pausedUntil: 0 };
  const sent = new Map<string, string>();
  const taken = new Set<string>();
  let underWay = 0;

  /** Signed at the time of who gets it: a clock that is minutes off is not the matter here. */
  function requestOf(notice: SimNotice, { wall }: SimNode): SimRequest {
    const { id, attemptId, shopId, signedFor, secret } = notice;
    const seconds = Math.floor((world.startedAt + world.now + wall.offsetMs) / 1_000);
    const body = JSON.stringify({ id, attemptId });
    const text = `${seconds}.${signedFor}.${body}`;
    const mac = createHmac('sha256', secret).update(text).digest('hex');
    return {
      method: 'POST',
      url: `/webhooks/payments/${shopId}`,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'simulator-signature': `t=${seconds},v1=${mac}`,
      },
      body,
    };
  }

  /** The provider sends one again until it is taken; who forges one does not. */
  async function deliver(notice: SimNotice, isForged: boolean): Promise<void> {
    for (;;) {
      const node = rnd.pick(nodes);
      const response = await wire.send(life, node, requestOf(notice, node));
      if (response?.status === 200) taken.add(keyOf(notice));
      if (response?.status === 200 || isForged) break;
      await new Promise<void>((resolve) => {
        world.at(rnd.next() * MOST_PAUSE_MS, `notice ${notice.id} again`, resolve);
      });
    }
    underWay -= 1;
  }

  function deliverLater(notice: SimNotice, delayMs: number, isForged = false): void {
    underWay += 1;
    world.at(delayMs, `notice ${notice.id}`, () => void deliver(notice, isForged));
  }

  function send(attemptId: string, what: string, delayMs: number): void {
    const shopId = shopOf(servers, attemptId);
    // Nobody here asked for it, which another rule finds.
    if (shopId === undefined) return;
    const id = `evt-${sent.size + 1}-${what}`;
    const notice = { id, attemptId, shopId, signedFor: shopId, secret: SECRET };
    sent.set(keyOf(notice), attemptId);
    deliverLater(notice, delayMs);
    if (rnd.chance(0.3)) deliverLater(notice, delayMs + rnd.next() * MOST_LATE_MS);
    if (rnd.chance(0.2)) forge(notice);
  }

  function forge(notice: SimNotice): void {
    const forged = { ...notice, id: `forged-${notice.id}` };
    const others = SHOPS.filter(({ id }) => id !== notice.shopId);
    if (rnd.chance(0.5)) deliverLater({ ...forged, secret: 'guessed' }, 0, true);
    else deliverLater({ ...forged, signedFor: rnd.pick(others).id }, 0, true);
  }

  servers.payments.onChange = (attemptId, what) => {
    // That a charge was made after all is known by its notice alone.
    if (what !== 'turned' && rnd.chance(0.4)) return;
    send(attemptId, what, rnd.chance(0.4) ? 0 : rnd.next() * MOST_LATE_MS);
  };
  return { sent, taken, underWay: () => underWay + servers.payments.toCome() };
}

function keyOf({ shopId, id }: Pick<SimNotice, 'shopId' | 'id'>): string {
  return `${shopId} ${id}`;
}

function shopOf({ recorded }: Servers, attemptId: string): string | undefined {
  const asked = recorded.find(({ type, data }) => {
    return type === 'PaymentRequested' && (data as { paymentId: string }).paymentId === attemptId;
  });
  return asked && storeOf(asked.stream);
}
