import type { IntegrationEvent } from '../../domain/integrations/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';
import { perEntity } from '../../engine/projections/folding/kinds.ts';
import type { Projection } from '../../engine/projections/folding/projection.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Integration } from './document.ts';

/** One document per provider that a shop was ever connected with. */
export const integrations: Projection<Integration, IntegrationEvent | CommandRefused> = {
  name: 'integrations',
  version: 2,
  collection: 'integrations',
  indexes: [{ name: 'by_provider', fields: ['provider'] }],
  feed: 'integrations',
  ...perEntity('integration'),
  evolve(integration, event) {
    const { revision, recordedAt: updatedAt } = event;
    if (event.type === 'IntegrationCredentialsGiven') {
      const { credentialsId: _id, replaces: _before, ...data } = event.data;
      const fresh = { healthStatus: 'unknown', credentialsAt: updatedAt } as const;
      return { ...data, ...fresh, revision, updatedAt };
    }
    if (!integration) return undefined;
    if (event.type === 'CommandRefused') return { ...integration, revision };
    if (event.type === 'IntegrationHealthChanged') {
      const judged = { healthStatus: event.data.health, healthChangedAt: updatedAt };
      return { ...integration, ...judged, revision, updatedAt };
    }
    const { status } = event.data;
    return { ...changed(integration, event), status, revision, updatedAt };
  },
};

type Later = Exclude<
  IntegrationEvent,
  { type: 'IntegrationCredentialsGiven' | 'IntegrationHealthChanged' }
>;

function changed(integration: Integration, event: Later & { recordedAt: string }): Integration {
  const { lastError: _error, pauseReason, ...rest } = integration;
  switch (event.type) {
    case 'IntegrationTested': {
      const { accountName, code } = event.data;
      const found = omitUndefined({ accountName, lastError: code, pauseReason });
      return { ...rest, ...found, testedAt: event.recordedAt };
    }
    case 'IntegrationPaused':
      return { ...integration, ...omitUndefined({ pauseReason: event.data.reason }) };
    case 'IntegrationResumed': {
      const { pauseReason: _reason, ...resumed } = integration;
      return resumed;
    }
    case 'IntegrationDisconnected':
      return { ...integration, disconnectedAt: event.recordedAt };
  }
}
