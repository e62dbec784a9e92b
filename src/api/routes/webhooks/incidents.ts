import { actorOf } from '../../../commands/webhooks/receive.ts';
import type { WebhookIncident } from '../../../domain/identity/index.ts';
import type { CallerOrigin } from '../../../domain/kernel/event.ts';
import type { WebhookSource } from '../../../ports/webhook-sources.ts';
import type { Services } from '../../services.ts';

/** How bad each is for a person who watches over security. */
const SEVERITY = {
  IP_NOT_WHITELISTED: 'HIGH',
  RATE_LIMIT_EXCEEDED: 'HIGH',
  INVALID_SIGNATURE: 'HIGH',
  INVALID_TIMESTAMP: 'MEDIUM',
  PAYLOAD_TOO_LARGE: 'MEDIUM',
  VALIDATION_ERROR: 'LOW',
  DUPLICATE_WEBHOOK: 'LOW',
} as const satisfies Record<WebhookIncident, string>;

interface Asked {
  readonly correlationId: string;
  readonly origin: CallerOrigin;
}

/** A security event of a webhook address, in the shop that has the address. */
export function incidentOf(action: WebhookIncident, source: WebhookSource, asked: Asked) {
  const { provider, app, shop: storeId } = source;
  const { correlationId, origin } = asked;
  const data = { severity: SEVERITY[action], action, provider, app };
  return {
    ...{ storeId, actor: actorOf(source), correlationId, origin },
    event: { type: 'WebhookRejected', data },
  } as const;
}

/**
 * Records a security event before the request is answered; what is routine does not delay the
 * answer. A shop that was removed has no record any more.
 */
export async function recordIncident(
  { identity, shops }: Services,
  action: WebhookIncident,
  source: WebhookSource,
  asked: Asked,
): Promise<void> {
  if (!shops().some(({ id }) => id === source.shop)) return;
  const incident = incidentOf(action, source, asked);
  if (SEVERITY[action] === 'LOW') identity.incidents.note(incident);
  else await identity.incidents.record(incident);
}
