import type { Actor } from '../../domain/kernel/event.ts';

/**
 * What an operator does to one projection (K9). The actor and the reason are recorded in the log.
 * Each throws NotFoundError for an unknown projection.
 */
export interface ProjectionOperations {
  /** Tries the blocking event again. @throws ConflictError projection_not_blocked */
  retry(projection: string): Promise<void>;
  /** Skips the blocking event. @throws ConflictError projection_not_blocked */
  skip(projection: string, eventId: string, reason: string, actor: Actor): Promise<void>;
  /** Pauses it where it is, also over a restart: queries get the documents it has. */
  pause(projection: string, reason: string, actor: Actor): Promise<void>;
  /** @throws ConflictError projection_not_paused */
  resume(projection: string, actor: Actor): Promise<void>;
  /** Builds the next generation beside the live one and then switches to it. */
  rebuild(projection: string, reason: string, actor?: Actor): Promise<void>;
  /** Cancels a rebuild. @throws ConflictError projection_not_building */
  cancelRebuild(projection: string, actor: Actor): Promise<void>;
}

export type Operation = keyof ProjectionOperations;

/** Every operation by name, for those who forward them to where the projection runs. */
export const OPERATIONS = [
  'retry',
  'skip',
  'pause',
  'resume',
  'rebuild',
  'cancelRebuild',
] as const satisfies readonly Operation[];

/** Methods of these names, each of which passes its call to `forward`. */
export function forwarding<T extends object, K extends keyof T & string>(
  names: readonly K[],
  forward: (name: K, args: readonly unknown[]) => Promise<unknown>,
): Pick<T, K> {
  const methods = names.map((name) => [name, (...args: unknown[]) => forward(name, args)]);
  return Object.fromEntries(methods) as Pick<T, K>;
}

/** Calls the method of that name: the receiving end of a forwarded call. */
export function callByName<T extends object>(
  target: T,
  name: keyof T,
  args: readonly unknown[],
): Promise<unknown> {
  const method = target[name] as (...args: readonly unknown[]) => Promise<unknown>;
  return Reflect.apply(method, target, args);
}
