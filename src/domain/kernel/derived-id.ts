import type { CommandContext } from './decider.ts';
import { shortHash } from './fingerprint.ts';
import { MAX_ID_LENGTH } from './schema.ts';

/**
 * The id of what a command makes within an entity: a payment, a refund, a debt. A client may use
 * one key for two entities, so the id holds both: `<entity>:<command>`. A key too long for that is
 * shortened to its beginning and a hash, which need be unique within the entity only.
 */
export function derivedId({
  entityId,
  commandId,
}: Pick<CommandContext, 'entityId' | 'commandId'>): string {
  const id = `${entityId}:${commandId}`;
  if (id.length <= MAX_ID_LENGTH) return id;
  const hash = `~${shortHash(id)}${shortHash(`${id.length}:${id}`)}`;
  return `${id.slice(0, MAX_ID_LENGTH - hash.length)}${hash}`;
}
