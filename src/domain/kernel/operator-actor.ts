import type { Actor } from './event.ts';

/** An operator of a shop, as the events of the system name who did something. */
export function operatorActor(storeId: string, keyId: string): Actor {
  return { kind: 'operator', id: `${storeId}.${keyId}` };
}

/** The shop of an operator; undefined for an id that names none. */
export function shopOfOperator(id: string): string | undefined {
  const dot = id.indexOf('.');
  return dot < 0 ? undefined : id.slice(0, dot);
}
