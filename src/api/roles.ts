import type { Role } from '../domain/kernel/shop.ts';

/** Sells, takes payments, reads. */
export const EVERYONE = ['till', 'manager', 'operator'] as const satisfies readonly Role[];
/** Changes terms, gives things away, takes data over. */
export const MANAGERS = ['manager', 'operator'] as const satisfies readonly Role[];
/** Looks after the system itself. */
export const OPERATORS = ['operator'] as const satisfies readonly Role[];
