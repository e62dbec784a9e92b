import type { MercadoPagoPayment } from './payments.ts';

export interface Preference {
  readonly id: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly external_reference: string | null;
  readonly notification_url: string | null;
  readonly back_urls: Readonly<Record<string, string>>;
  readonly auto_return: string | null;
  readonly init_point: string;
  readonly sandbox_init_point: string;
  readonly collector_id: number;
  readonly date_created: string;
}

/** What the provider holds. Reads can be made to lag behind by one change of each payment. */
export function createStore() {
  const payments = new Map<number, MercadoPagoPayment>();
  const before = new Map<number, MercadoPagoPayment | undefined>();
  const preferences = new Map<string, Preference>();
  let isStale = false;

  const seen = (id: number) => (isStale && before.has(id) ? before.get(id) : payments.get(id));

  return {
    preferences,
    put(payment: MercadoPagoPayment): void {
      before.set(payment.id, payments.get(payment.id));
      payments.set(payment.id, payment);
    },
    /** As it is, for changes. */
    current: (id: number) => payments.get(id),
    /** As a read shows it. */
    seen,
    allSeen: () =>
      [...payments.keys()].flatMap((id) => {
        const payment = seen(id);
        return payment ? [payment] : [];
      }),
    all: () => [...payments.values()],
    setStale(value: boolean): void {
      isStale = value;
    },
  };
}

export type Store = ReturnType<typeof createStore>;

/** The first answer to each idempotency key, and the body that came with it. */
export function createKeys() {
  const known = new Map<string, { readonly body: string; readonly id: number }>();
  return {
    find(key: string, body: unknown): { readonly id: number } | 'other body' | undefined {
      const found = known.get(key);
      if (!found) return undefined;
      return found.body === JSON.stringify(body) ? { id: found.id } : 'other body';
    },
    keep(key: string, body: unknown, id: number): void {
      known.set(key, { body: JSON.stringify(body), id });
    },
  };
}
