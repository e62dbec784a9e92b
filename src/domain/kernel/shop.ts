/** Who a request is: a shop and the rights of its key. */
export type Role = 'till' | 'manager' | 'operator';

export interface ShopKey {
  /** Names the key in logs and events; never secret. */
  readonly id: string;
  /** SHA-256 of the secret, lower-case hex. */
  readonly sha256: string;
  readonly role: Role;
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
  readonly keys: readonly ShopKey[];
}

/** The shops of now: another list after each change, which may come while the system runs. */
export type ShopSource = () => readonly Shop[];
