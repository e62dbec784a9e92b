import type { Actor, CallerOrigin } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  MAX_SEALED_CHARACTERS,
  type WebhookCommand,
  webhookDecider,
} from '../../domain/webhooks/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Ids } from '../../ports/ids.ts';
import type { WebhookContent, WebhookSource } from '../../ports/webhook-sources.ts';

/** Appends of one request at the same time. */
const CONCURRENT_APPENDS = 32;
/** Keys of providers that are part of a stream's name as they are. */
const PLAIN_KEY = /^[\w-]{1,100}$/;
const HASHED_KEY_LENGTH = 40;

/** Encrypts what a provider sent; undefined: it can be kept no more. @throws UpstreamError */
interface BodySealer {
  seal(storeId: string, owner: string, body: string): Promise<string | undefined>;
}

/** The parts of the system that keep webhooks. */
export interface WebhookIntake {
  readonly commands: CommandEngine;
  readonly webhookBodies: BodySealer;
  readonly clock: Pick<Clock, 'now'>;
  readonly calendar: Calendar;
  readonly digest: Digest;
  readonly ids: Ids;
  /** Whether this installation has the shop. */
  readonly hasShop: (storeId: string) => boolean;
}

export interface ReceivedRequest {
  readonly source: WebhookSource;
  readonly isSigned: boolean;
  readonly contents: readonly WebhookContent[];
  /** Of the whole request. */
  readonly bodySha256: string;
  readonly correlationId: string;
  readonly origin: CallerOrigin;
}

/** How many events of a request came to what. */
export interface ReceivedCounts {
  /** Kept now. */
  readonly received: number;
  /** Of those: of a type that this version does not know. */
  readonly ignored: number;
  /** Kept before. */
  readonly duplicates: number;
  /** Of accounts that belong to no shop; they are not kept. */
  readonly unassigned: number;
}

type Outcome = 'received' | 'ignored' | 'duplicate' | 'unassigned';

/**
 * Keeps each event of a request once, in the shop of its account. Resolves when all are durable, so
 * that the provider is answered afterwards.
 * @throws what the storage throws: some events may then be kept, and the provider sends all again.
 */
export async function receiveWebhooks(
  intake: WebhookIntake,
  request: ReceivedRequest,
): Promise<ReceivedCounts> {
  const outcomes: Outcome[] = [];
  for (let i = 0; i < request.contents.length; i += CONCURRENT_APPENDS) {
    const part = request.contents.slice(i, i + CONCURRENT_APPENDS);
    outcomes.push(...(await Promise.all(part.map((content) => receive(intake, request, content)))));
  }
  const count = (outcome: Outcome) => outcomes.filter((each) => each === outcome).length;
  return {
    received: count('received') + count('ignored'),
    ignored: count('ignored'),
    duplicates: count('duplicate'),
    unassigned: count('unassigned'),
  };
}

async function receive(
  intake: WebhookIntake,
  request: ReceivedRequest,
  content: WebhookContent,
): Promise<Outcome> {
  const owner = request.source.owner(content);
  if (!owner || !intake.hasShop(owner.shop)) return 'unassigned';
  const { commands, clock, calendar, ids } = intake;
  const webhookId = webhookIdOf(intake, request.source, content);
  const { state } = await commands.load(webhookDecider, owner.shop, webhookId);
  if (state.status !== 'none') return 'duplicate';
  const data = await dataOf(intake, request, content, { ...owner, webhookId });
  const nowMs = clock.now();
  const { correlationId, origin } = request;
  const { events } = await commands.execute(webhookDecider, {
    command: { type: 'ReceiveWebhook', data },
    context: {
      storeId: owner.shop,
      entityId: webhookId,
      // It can come again at any time: the webhook itself knows that it came before.
      commandId: `webhook ${ids.uuid()}`,
      now: formatInstant(nowMs),
      businessDay: calendar.businessDay(owner.shop, nowMs),
    },
    actor: actorOf(request.source),
    correlationId,
    causationId: correlationId,
    origin,
  });
  if (events.length === 0) return 'duplicate';
  return content.isKnown ? 'received' : 'ignored';
}

export const actorOf = ({ provider, app }: WebhookSource): Actor => ({
  kind: 'system',
  id: `${provider}:${app}`,
});

type Data = Extract<WebhookCommand, { type: 'ReceiveWebhook' }>['data'];

async function dataOf(
  { webhookBodies }: WebhookIntake,
  { source, isSigned, bodySha256 }: ReceivedRequest,
  content: WebhookContent,
  { shop, account, webhookId }: { shop: string; account: string; webhookId: string },
): Promise<Data> {
  const { provider, app } = source;
  const { eventId, eventType, isKnown, entityType, entityId, orderId, occurredAt } = content;
  const body = await webhookBodies.seal(shop, webhookId, content.body);
  return {
    ...{ provider, app, account, eventId, eventType, isKnown, isSigned, bodySha256 },
    ...omitUndefined({ entityType, entityId, orderId, occurredAt }),
    ...(body !== undefined && body.length <= MAX_SEALED_CHARACTERS && { body }),
  };
}

/** The provider, and the key of its event as it is, or hashed where a name cannot hold it. */
export function webhookIdOf(
  { digest }: Pick<WebhookIntake, 'digest'>,
  { provider }: Pick<WebhookSource, 'provider'>,
  { key }: Pick<WebhookContent, 'key'>,
): string {
  const name = PLAIN_KEY.test(key) ? key : digest.sha256(key).slice(0, HASHED_KEY_LENGTH);
  return `${provider}-${name}`;
}
