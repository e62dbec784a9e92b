import { createGrants, type Grants } from './grants.ts';
import type { MercadoPagoPayment } from './payments.ts';
import { createKeys, createStore, type Store } from './store.ts';

export interface MercadoPagoOptions {
  readonly accessToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly collectorId: number;
  readonly currency: string;
  /** Ids of the provider begin above it. */
  readonly firstId: number;
  readonly now: () => number;
  /** A payment was created or has changed. */
  readonly changed: (payment: MercadoPagoPayment, action: 'created' | 'updated') => void;
}

/** What the operations of the provider share. */
export interface Context extends Pick<MercadoPagoOptions, 'collectorId' | 'currency'> {
  readonly store: Store;
  readonly grants: Grants;
  readonly payKeys: ReturnType<typeof createKeys>;
  readonly refundKeys: ReturnType<typeof createKeys>;
  readonly newId: () => number;
  /** As the provider writes it. */
  readonly now: () => string;
  /** Keeps a payment and gives notice of it. */
  readonly save: (payment: MercadoPagoPayment, action: 'created' | 'updated') => MercadoPagoPayment;
}

export function createContext(options: MercadoPagoOptions): Context {
  const { collectorId, currency, firstId, changed } = options;
  const store = createStore();
  let ids = firstId;
  return {
    grants: createGrants(options),
    ...{ store, collectorId, currency, payKeys: createKeys(), refundKeys: createKeys() },
    newId: () => (ids += 1),
    now: () => new Date(options.now()).toISOString(),
    save(payment, action) {
      store.put(payment);
      changed(payment, action);
      return payment;
    },
  };
}
