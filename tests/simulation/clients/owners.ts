import type { IntegrationProvider } from '../../../src/domain/integrations/index.ts';
import type { SimRequest } from '../nodes/api.ts';
import type { SimNode } from '../nodes/node.ts';
import { accountOf, type SimProviders } from '../nodes/providers.ts';
import { keyOf, SHOPS } from '../nodes/shops.ts';
import type { Conditions } from '../world/conditions.ts';
import { createPrng, type Prng } from '../world/prng.ts';
import type { Life } from '../world/task-queue.ts';
import { isSettled } from './history.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { Wire } from './wire.ts';
import {
  connectBooks,
  type ConnectionDraft,
  type ConnectionView,
  drawConnectionWish,
} from './wishes/integrations.ts';

/** In the other worlds no shop is connected with a provider. */
const CHANCE = 0.7;
const ACTS = 14;
const THINK_MS = 200;
const RETRY_MS = 250;
const MOST_ATTEMPTS = 6;
const MAX_TRIES = 100;
/** Numbers what an owner does last, one for each shop. */
const FIRST_LAST_KEY = 900;
/** After this, nothing that was begun before is still under way. */
const QUIET_MS = 10_000;
/** Two people can act on one connection at once. */
const NAMES = ['owner-one', 'owner-two'];

/** A token that was given to the product, under the key of its request. */
export interface GivenToken {
  readonly shop: string;
  readonly provider: IntegrationProvider;
  readonly key: string;
  readonly token: string;
}

export interface Owners {
  readonly given: readonly GivenToken[];
  work(): Promise<void>;
  /** Asks again about everything whose outcome nobody knows. */
  settle(): Promise<void>;
}

interface OwnersOptions {
  readonly conditions: Conditions;
  readonly nodes: readonly SimNode[];
  readonly wire: Wire;
  readonly providers: SimProviders;
  readonly secrets: KnownSecrets;
  readonly fail: (rule: string, message: string) => void;
}

/** Whether people connect the shops of this world with providers. */
export const areShopsConnected = ({ world }: Conditions): boolean =>
  // The same for all who ask: a source of the world goes on with each question.
  createPrng(world.seed).fork('owners').chance(CHANCE);

/** People who connect the shops with providers, replace tokens, and end what they began. */
export function createOwners(options: OwnersOptions): Owners {
  const given: GivenToken[] = [];
  options.providers.grants.onSecret = (text) => void options.secrets.note(text);
  const isThere = areShopsConnected(options.conditions);
  const owners = NAMES.map((name) => createOwner(options, name, given));
  const each = (act: (owner: Owner) => Promise<void>) =>
    Promise.all(owners.map(act)).then(() => undefined);
  return {
    given,
    work: () => (isThere ? each((owner) => owner.work()) : Promise.resolve()),
    async settle() {
      await each((owner) => owner.settle());
      await each((owner) => owner.askAgain());
    },
  };
}

interface Owner extends Pick<Owners, 'work' | 'settle'> {
  /**
   * Once all is quiet: what an instance left that came late and then died is removed with the next
   * change of a connection of its shop, or its repeat.
   */
  askAgain(): Promise<void>;
}

function createOwner(options: OwnersOptions, name: string, given: GivenToken[]): Owner {
  const isLast = name === NAMES.at(-1) && areShopsConnected(options.conditions);
  const { conditions, nodes, wire, providers, secrets, fail } = options;
  const { world, weather } = conditions;
  const rnd = world.rnd(name);
  const life: Life = { name, alive: true, pausedUntil: 0 };
  const shops = SHOPS.slice(0, weather.shops);
  const open = new Set<SimRequest>();
  /** The newest change that was made, by shop. */
  const changes = new Map<string, SimRequest>();

  const pause = (ms: number) =>
    new Promise<void>((resolve) => world.at(ms * (0.5 + rnd.next()), name, resolve, life));

  async function insist(request: SimRequest, most: number): Promise<boolean> {
    open.add(request);
    for (let tries = 0; tries < most; tries++) {
      if (tries > 0) await pause(RETRY_MS);
      const answer = await wire.send(life, rnd.pick(nodes), request);
      if (!answer || !isSettled(answer)) continue;
      open.delete(request);
      return answer.status === 200;
    }
    return false;
  }

  /** Agrees at the provider, or not, and follows its redirect, which may get lost. */
  async function authorize(draft: ConnectionDraft, shop: string): Promise<void> {
    const begun = await wire.send(life, rnd.pick(nodes), requestOf(draft, shop, ''));
    if (begun?.status !== 200) return;
    const { url } = JSON.parse(begun.body) as { readonly url: string };
    const { searchParams: query } = new URL(url);
    const back = new URLSearchParams({ state: query.get('state') ?? '' });
    if (rnd.chance(0.1)) back.set('error', 'access_denied');
    else {
      const { provider } = draft;
      const challenge = query.get('challenge');
      back.set('code', providers.grants.consent(provider, accountOf(shop), challenge));
      if (provider === 'quickbooks') back.set('realmId', accountOf(shop));
    }
    const path = `/integrations/${draft.provider}/callback?${back.toString()}`;
    for (let tries = 0; tries < MOST_ATTEMPTS; tries++) {
      if (tries > 0) await pause(RETRY_MS);
      const request = { method: 'GET', url: path, headers: {} } as const;
      const answer = await wire.send(life, rnd.pick(nodes), request);
      if (answer && answer.status < 500) return;
    }
  }

  type Draw = (view: ConnectionView, rnd: Prng) => ConnectionDraft;

  async function act(key: string, shop = rnd.pick(shops).id, draw: Draw = drawConnectionWish) {
    const newToken = (provider: IntegrationProvider) =>
      secrets.note(providers.issue(provider, accountOf(shop)));
    const draft = draw({ shop, newToken }, rnd);
    const { provider, token } = draft;
    if (draft.isAuthorization) return authorize(draft, shop);
    if (token !== undefined) given.push({ shop, provider, key, token });
    const request = requestOf(draft, shop, key);
    const isDone = await insist(request, rnd.chance(0.2) ? 1 : MOST_ATTEMPTS);
    const isChange = token !== undefined || draft.method === 'DELETE';
    if (isDone && isChange) changes.set(shop, request);
  }

  return {
    async work() {
      let acts = 0;
      const nextKey = () => `${name}-${String(acts++).padStart(3, '0')}`;
      for (const { id } of shops) await act(nextKey(), id, connectBooks);
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS);
        await act(nextKey());
      }
    },
    async settle() {
      // What waits for the books can go there, unless the provider does not take the token.
      let key = FIRST_LAST_KEY;
      if (isLast) for (const { id } of shops) await act(`${name}-${key++}`, id, connectBooks);
      for (const request of [...open]) await insist(request, MAX_TRIES);
      for (const { method, url } of open) fail('liveness', `${method} ${url} was never answered`);
    },
    async askAgain() {
      if (changes.size === 0) return;
      await pause(QUIET_MS);
      for (const [shop, request] of changes) {
        if (!(await insist(request, MAX_TRIES))) fail('liveness', `no repeat for ${shop}`);
      }
    },
  };
}

function requestOf(draft: ConnectionDraft, shop: string, key: string): SimRequest {
  const { method = 'POST', path: url, body } = draft;
  return {
    ...{ method, url },
    headers: {
      authorization: `Bearer ${keyOf(shop, 'manager')}`,
      'idempotency-key': key,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
