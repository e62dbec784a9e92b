import type { Fields } from '../shared/fields.ts';
import { createHeld, type Held } from '../shared/held.ts';
import type { SimReply } from '../shared/server.ts';
import { createGrants, type GrantOptions, type Grants } from './grants.ts';

export const ENTITIES = [
  ...(['SalesReceipt', 'RefundReceipt', 'Invoice', 'CreditMemo'] as const),
  ...(['Deposit', 'Customer', 'Item'] as const),
] as const;
export type Entity = (typeof ENTITIES)[number];

export type Thing = Fields & { readonly id: string };

export type Change = 'Create' | 'Update' | 'Delete';

export interface QuickBooksOptions extends GrantOptions {
  readonly changed: (entity: Entity, id: string, change: Change) => void;
}

/** What the operations of the provider share. */
export interface Context extends Pick<QuickBooksOptions, 'realmId' | 'changed'> {
  readonly held: Readonly<Record<Entity, Held<Thing>>>;
  readonly grants: Grants;
  /** The first response to each `requestid`, whatever came with a later one. */
  readonly byRequestId: Map<string, SimReply>;
  readonly nowMs: () => number;
  readonly now: () => string;
  readonly newId: () => string;
  readonly setStale: (value: boolean) => void;
  /** What the company decided: until when its books are closed, and whether it still pays. */
  readonly company: { closedUntil: string; hasEnded: boolean };
}

export function createContext(options: QuickBooksOptions): Context {
  let isStale = false;
  let ids = 0;
  const held = () => createHeld<Thing>(() => isStale);
  return {
    ...{ realmId: options.realmId, changed: options.changed, nowMs: options.now },
    held: {
      ...{ SalesReceipt: held(), RefundReceipt: held(), Invoice: held() },
      ...{ CreditMemo: held(), Deposit: held() },
      ...{ Customer: held(), Item: held() },
    },
    grants: createGrants(options),
    byRequestId: new Map(),
    now: () => new Date(options.now()).toISOString(),
    newId: () => String((ids += 1)),
    company: { closedUntil: '', hasEnded: false },
    setStale(value) {
      isStale = value;
    },
  };
}

export const entityOf = (name: string): Entity | undefined =>
  ENTITIES.find((each) => each.toLowerCase() === name.toLowerCase());

/** As the provider shows it. */
export const shown = ({ id: _id, ...fields }: Thing): Fields => fields;
