import type { ApiKeyEvent } from '../../../domain/identity/api-keys/events.ts';
import type { CommandRefused } from '../../../domain/kernel/event-types.ts';
import { perEntity } from '../../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../../engine/projections/folding/projection.ts';
import type { ApiKey } from './document.ts';

/** One document per key of a machine, revoked ones too. */
export const apiKeys: Projection<ApiKey, ApiKeyEvent | CommandRefused> = {
  name: 'api-keys',
  version: 1,
  collection: 'api-keys',
  indexes: [{ name: 'by_creation', fields: ['createdAt'] }],
  feed: 'devices',
  ...perEntity('apikey'),
  evolve(key, event) {
    const { revision, recordedAt, metadata } = event;
    if (event.type === 'ApiKeyAdded') {
      const { severity: _, ...data } = event.data;
      const created = { createdAt: recordedAt, createdBy: metadata.actor.id };
      return { ...data, ...created, revision, status: 'active' };
    }
    if (!key) return undefined;
    switch (event.type) {
      case 'ApiKeyRotated':
        return { ...key, revision, rotatedAt: recordedAt, previousUntil: event.data.previousUntil };
      case 'ApiKeyRevoked':
        return { ...key, revision, status: 'revoked', revokedAt: recordedAt };
      case 'CommandRefused':
        return { ...key, revision };
    }
  },
};
