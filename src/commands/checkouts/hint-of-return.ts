import { integrationDecider } from '../../domain/integrations/index.ts';
import type { CallerOrigin } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Provider } from '../../domain/kernel/providers.ts';
import { webhookDecider } from '../../domain/webhooks/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Ids } from '../../ports/ids.ts';

/** The name of the app under which such hints are kept. */
export const RETURN_APP = 'return';
/** Ids of payments that a provider gives: anything else is no hint. */
const PAYMENT_ID = /^\d{1,15}$/;

export interface HintParts {
  readonly commands: CommandEngine;
  readonly clock: Pick<Clock, 'now'>;
  readonly calendar: Calendar;
  readonly digest: Digest;
  readonly ids: Ids;
}

export interface ReturnHint {
  readonly storeId: string;
  readonly provider: Provider;
  readonly paymentId: string;
  readonly correlationId: string;
  readonly origin: CallerOrigin;
}

/** Keeps, once for each payment, that a payer came back from the provider. */
export async function hintOfReturn(parts: HintParts, hint: ReturnHint): Promise<void> {
  const { storeId, provider, paymentId: entityId, correlationId, origin } = hint;
  if (!PAYMENT_ID.test(entityId)) return;
  const { commands, clock, calendar, digest, ids } = parts;
  const { state } = await commands.load(integrationDecider, storeId, provider);
  if (state.status === 'none') return;
  const eventId = `return-${entityId}`;
  const webhookId = `${provider}-${eventId}`;
  const nowMs = clock.now();
  const { account } = state;
  await commands.execute(webhookDecider, {
    command: {
      type: 'ReceiveWebhook',
      data: {
        ...{ provider, app: RETURN_APP, account, eventId, eventType: 'payment.returned' },
        ...{ isKnown: true, isSigned: false, entityType: 'payment', entityId },
        bodySha256: digest.sha256(entityId),
      },
    },
    context: {
      ...{ storeId, entityId: webhookId, commandId: `return ${ids.uuid()}` },
      now: formatInstant(nowMs),
      businessDay: calendar.businessDay(storeId, nowMs),
    },
    actor: { kind: 'system', id: `${provider}:${RETURN_APP}` },
    ...{ correlationId, causationId: correlationId, origin },
  });
}
