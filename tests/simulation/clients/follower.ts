import { keyOf, SHOPS } from '../nodes/shops.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

/** In the other worlds no system follows events. */
const CHANCE = 0.3;
const ACTS = 6;
const THINK_MS = 400;
const BASE = '/webhook-subscriptions';
const EVENTS = [
  ...(['order.placed', 'order.status_changed', 'order.payment_recorded'] as const),
  ...(['order.cancelled', 'order.refunded', 'account.opened'] as const),
];

/** Systems of this shop; the first one is never paused nor removed. */
export const receiverOf = (shop: string, which: 'steady' | 'changing') =>
  `https://${which}.${shop}.example/hook`;

export interface Follower {
  /** Secrets that were shown, by shop. */
  readonly shown: ReadonlyMap<string, ReadonlySet<string>>;
  /** Shops of which one was asked for, and no answer came: there can be others. */
  readonly unanswered: ReadonlySet<string>;
  work(): Promise<void>;
}

interface FollowerOptions extends Omit<RequestsOptions, 'name'> {
  readonly secrets: KnownSecrets;
  readonly fail: (rule: string, message: string) => void;
}

/** A person who has events of the shops sent to their systems, and changes that now and then. */
export function createFollower({ secrets, fail, ...options }: FollowerOptions): Follower {
  const { rnd, insist, pause } = createRequests({ ...options, name: 'follower' });
  const shops = SHOPS.slice(0, options.conditions.weather.shops);
  const shown = new Map<string, Set<string>>();
  const changing = new Map<string, string>();
  const unanswered = new Set<string>();

  function note(shop: string, body: string): string | undefined {
    const { secret, subscriptionId } = JSON.parse(body) as Record<string, string | undefined>;
    const known = shown.get(shop) ?? new Set<string>();
    shown.set(shop, secret === undefined ? known : known.add(secrets.note(secret)));
    return subscriptionId;
  }

  async function add(shop: string, which: 'steady' | 'changing'): Promise<void> {
    const events = which === 'steady' ? EVENTS : EVENTS.slice(0, 2);
    const body = { url: receiverOf(shop, which), events };
    const answer = await insist('POST', BASE, keyOf(shop, 'manager'), body);
    if (!answer) {
      unanswered.add(shop);
      return;
    }
    if (answer.status !== 201) {
      fail('follower-is-served', `${shop} cannot follow events: ${answer.status} ${answer.body}`);
      return;
    }
    const id = note(shop, answer.body);
    if (id !== undefined && which === 'changing') changing.set(shop, id);
  }

  async function act(shop: string): Promise<void> {
    const path = `${BASE}/${changing.get(shop) ?? ''}`;
    const key = keyOf(shop, 'manager');
    const what = rnd.pick(['pause', 'resume', 'rotate', 'test', 'remove']);
    if (what === 'pause') await insist('PATCH', path, key, { active: false });
    if (what === 'resume') await insist('PATCH', path, key, { active: true });
    if (what === 'test') await insist('POST', `${path}/test`, key);
    if (what === 'rotate') {
      const answer = await insist('POST', `${path}/rotate-secret`, key, {});
      if (!answer) unanswered.add(shop);
      if (answer?.status === 200) note(shop, answer.body);
    }
    if (what !== 'remove' || !rnd.chance(0.3)) return;
    await insist('DELETE', path, key);
    await add(shop, 'changing');
  }

  return {
    shown,
    unanswered,
    async work() {
      if (!rnd.chance(CHANCE)) return;
      for (const { id } of shops) await add(id, 'steady');
      for (const { id } of shops) await add(id, 'changing');
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS);
        await act(rnd.pick(shops).id);
      }
    },
  };
}
