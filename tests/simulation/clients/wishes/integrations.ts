import {
  INTEGRATION_PROVIDERS,
  type IntegrationProvider,
} from '../../../../src/domain/integrations/index.ts';
import { accountOf } from '../../nodes/providers.ts';
import { markOf } from '../../nodes/shops.ts';
import type { Prng } from '../../world/prng.ts';
import { type Draft, maybe } from './draft.ts';

/** What people have to give, and for whom they act. */
export interface ConnectionView {
  readonly shop: string;
  readonly newToken: (provider: IntegrationProvider) => string;
}

/** Something to be done to one connection. `token` is given with it. */
export interface ConnectionDraft extends Draft {
  readonly provider: IntegrationProvider;
  readonly token?: string;
  /** The owner agrees at the provider. */
  readonly isAuthorization?: true;
}

type Change = Omit<ConnectionDraft, 'path' | 'provider'> & { readonly part: string };
type Make = (view: ConnectionView, rnd: Prng, provider: IntegrationProvider) => Change;

/** Also replaces the token of a connection that there is. */
const connect: Make = ({ shop, newToken }, _rnd, provider) => {
  const token = newToken(provider);
  const body = { account: accountOf(shop), environment: 'production', accessToken: token };
  return { part: '/connect', body, token };
};
/** Replaces the connection that there is, once the owner has agreed. */
const authorize: Make = () => ({
  ...{ part: '/authorize', body: { environment: 'production' }, isAuthorization: true },
});
const test: Make = () => ({ part: '/test', body: undefined });
const pause: Make = ({ shop }, rnd) => ({
  part: '/pause',
  body: maybe(rnd, 0.5, () => ({ reason: `Stocktaking ${markOf(shop)}` })),
});
const resume: Make = () => ({ part: '/resume', body: {} });
const disconnect: Make = () => ({ part: '', method: 'DELETE', body: undefined });

const NAMED = { 'event.name': 'item.name', 'event.price': 'item.variation.price' };
const BOOKED = { 'event.name': 'Item.Name', 'customer.name': 'Customer.DisplayName' };

/** Now and then one that the provider does not take, or that lacks what it requires. */
const map: Make = (_view, rnd, provider) => {
  const mappings = rnd.pick([
    provider === 'quickbooks' ? BOOKED : NAMED,
    { 'event.name': provider === 'quickbooks' ? 'Item.Name' : 'item.name' },
    { ...NAMED, 'customer.email': 'customer.fax' },
  ]);
  return { part: '/mappings', method: 'PUT', body: { mappings } };
};
const applyTemplate: Make = () => ({ part: '/mappings/template', body: {} });
/** The provider has lost some of its fields. */
const heal: Make = (_view, rnd) => ({
  part: '/mappings/heal',
  body: { targets: rnd.pick([['item.title.name', 'ITEM.VARIATION.PRICE'], ['Item.name']]) },
});
const undo: Make = () => ({ part: '/mappings/undo', body: {} });

const WISHES: readonly (readonly [weight: number, make: Make])[] = [
  [6, connect],
  [5, authorize],
  [4, test],
  [2, pause],
  [2, resume],
  [4, disconnect],
  [2, map],
  [1, applyTemplate],
  [1, heal],
  [1, undo],
];
const WEIGHT = WISHES.reduce((sum, [weight]) => sum + weight, 0);

/** That sales of the shop can be posted. */
export function connectBooks(view: ConnectionView, rnd: Prng): ConnectionDraft {
  const provider = 'quickbooks';
  const { part, ...draft } = connect(view, rnd, provider);
  return { ...draft, provider, path: `/integrations/${provider}${part}` };
}

/** Something that somebody wants done to a connection of the shop now. */
export function drawConnectionWish(view: ConnectionView, rnd: Prng): ConnectionDraft {
  const provider = rnd.pick(INTEGRATION_PROVIDERS);
  let left = rnd.below(WEIGHT);
  const make = WISHES.find(([weight]) => (left -= weight) < 0)?.[1] ?? connect;
  const { part, ...draft } = make(view, rnd, provider);
  return { ...draft, provider, path: `/integrations/${provider}${part}` };
}
