import { SYSTEM_STORE } from './names.ts';

/** Roles that a user or a key of the API can have; devices and tables have tokens of their own. */
export const USER_ROLES = [
  'admin',
  'manager',
  'operator',
  'waiter',
  'kitchen',
  'auditor',
  'viewer',
  'till',
] as const;

/** What a caller is in a shop; `PERMISSIONS` lists what each role may do. */
export const ROLES = [...USER_ROLES, 'device', 'table'] as const;

export type Role = (typeof ROLES)[number];

/** A role of a caller, in one branch or in the whole shop. */
export interface Grant {
  readonly role: Role;
  /** Absent: all branches. */
  readonly branchId?: string;
  /** Permissions of the role that it is limited to; absent: all of them. */
  readonly scopes?: readonly string[];
}

export interface ShopKey {
  /** Names the key in logs and events; never secret. */
  readonly id: string;
  /** SHA-256 of the secret, lower-case hex. */
  readonly sha256: string;
  readonly role: Role;
  /** Absent: all branches. */
  readonly branchId?: string | undefined;
}

/** A shop (tenant) that this installation serves. */
export interface Shop {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA time zone, such as America/Bogota. */
  readonly timezone: string;
  /** `HH:MM` local time at which a new business day begins. */
  readonly dayStartsAt: string;
  /** The largest variance of a drawer that needs no approval; absent: the default. */
  readonly drawerVarianceLimitMinor?: number | undefined;
  readonly keys: readonly ShopKey[];
}

/** The shops of now: another list after each change, which may come while the system runs. */
export type ShopSource = () => readonly Shop[];

/** Everything that is kept under a store id: what belongs to no shop, then each shop's own. */
export function storeIdsOf(shops: ShopSource): readonly string[] {
  return [SYSTEM_STORE, ...shops().map(({ id }) => id)];
}
