import { partsOf, storeOf } from '../../domain/kernel/names.ts';
import {
  comparePositions,
  formatPosition,
  parsePosition,
  type Position,
  START,
} from '../../domain/kernel/position.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Vault } from '../../ports/vault.ts';

const KIND = 'first-admin';
/** Its record says how far the log was read without finding a user of the shop. */
const READ = 'log-read';
const PAGE_EVENTS = 1_000;

/** Users of whom the vault has nothing left: their addresses were released with their data. */
export interface FormerUsers {
  /** Whether the log has a user of the shop, apart from the one with this id. */
  has(storeId: string, except?: string): Promise<boolean>;
}

export interface FormerUsersOptions {
  readonly log: Pick<EventLog, 'readAll'>;
  readonly vault: Vault;
}

/**
 * Reads the events about users, and the next time only those that came since: of an installation
 * that never has users, a start does not read all of its log.
 */
export function createFormerUsers({ log, vault }: FormerUsersOptions): FormerUsers {
  const keyOf = (storeId: string) => ({ storeId, kind: KIND, id: READ });

  async function readUpTo(storeId: string): Promise<Position> {
    const record = await vault.get(keyOf(storeId));
    const text = record && (JSON.parse(record.value) as { position: string }).position;
    return (text !== undefined && parsePosition(text)) || START;
  }

  async function keep(storeId: string, position: Position): Promise<void> {
    const before = await vault.get(keyOf(storeId));
    const value = JSON.stringify({ position: formatPosition(position) });
    // A conflict: another instance has read as far as this one.
    await vault.put(keyOf(storeId), { value }, before?.revision ?? 0);
  }

  return {
    async has(storeId, except) {
      const from = await readUpTo(storeId);
      for (let after = from; ;) {
        const page = await log.readAll({ after, limit: PAGE_EVENTS, categories: ['user'] });
        const found = page.events.some(
          ({ stream }) => storeOf(stream) === storeId && partsOf(stream).parts[0] !== except,
        );
        if (found) return true;
        after = page.position;
        if (!page.atHead) continue;
        // With an exception, a user of the shop may have been passed over.
        if (except === undefined && comparePositions(after, from) > 0) await keep(storeId, after);
        return false;
      }
    },
  };
}
