import type { ErrorCode } from '../../../src/domain/kernel/errors.ts';
import type { Role } from '../../../src/domain/kernel/shop.ts';

/** How the bytes of a request reach the server. */
export type Delivery = 'whole' | 'chunked' | 'expect-continue' | 'in-pieces' | 'cut-off';

/** One request as it was drawn; tokens in it are filled in when it is sent. */
export interface Plan {
  readonly operationId: string;
  /** What is unusual about it, for people. */
  readonly about: string;
  readonly shop: 'a' | 'b';
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
  readonly delivery: Delivery;
  /** When it is certain how the server must answer. */
  readonly expects?: ErrorCode;
}

export type Headers = readonly (readonly [string, string])[];

export const authorization = (shop: 'a' | 'b', role: Role): readonly [string, string] => [
  'Authorization',
  `Bearer ${fuzzKey(shop, role)}`,
];

/** Keys of the two shops of the fuzz run. */
export function fuzzKey(shop: 'a' | 'b', role: Role): string {
  return `fuzz-key-${shop}-${role}`;
}

/** What only the given shop writes into its texts. */
export const markOf = (shop: Plan['shop']): string => `mark-of-${shop}`;
