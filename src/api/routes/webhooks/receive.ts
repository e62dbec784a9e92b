import { Type } from '@sinclair/typebox';

import { receiveWebhooks } from '../../../commands/webhooks/receive.ts';
import type { WebhookIncident } from '../../../domain/identity/index.ts';
import {
  type ErrorCode,
  InvariantError,
  NotFoundError,
  TillstreamError,
} from '../../../domain/kernel/errors.ts';
import type { CallerOrigin } from '../../../domain/kernel/event.ts';
import { type Provider, PROVIDERS } from '../../../domain/kernel/providers.ts';
import type { WebhookRequest, WebhookSource } from '../../../ports/webhook-sources.ts';
import { tooMany } from '../../pipeline/limiters.ts';
import { limitKeyOf } from '../../pipeline/rate-gate.ts';
import { type RawRequest, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { recordIncident } from './incidents.ts';

const Count = (description: string) => Type.Integer({ minimum: 0, description });

const WebhookResponse = Type.Object(
  {
    received: Count('Events that are kept now.'),
    ignored: Count('Of those: of a type that this version does not know.'),
    duplicates: Count('Events that were kept before.'),
    unassigned: Count('Events of accounts that belong to no shop; they are not kept.'),
  },
  { additionalProperties: false, $id: 'WebhookResponse' },
);

const NAMES: Readonly<Record<Provider, string>> = {
  square: 'Square',
  quickbooks: 'QuickBooks',
  mercadopago: 'Mercado Pago',
  stripe: 'Stripe',
  mailchimp: 'Mailchimp',
};

interface Asked {
  readonly raw: RawRequest;
  readonly address: string;
  readonly correlationId: string;
  readonly origin: CallerOrigin;
}

/** What is wrong with a request, and the error that says so. */
class Rejection extends Error {
  readonly action: WebhookIncident;
  readonly problem: unknown;

  constructor(action: WebhookIncident, problem: unknown) {
    super(action);
    this.action = action;
    this.problem = problem;
  }
}

const rejected = (action: WebhookIncident, code: ErrorCode, expected: string) =>
  new Rejection(action, new TillstreamError(code, `expected ${expected}`));

/** Errors of the checks that are no incident, such as an aborted request, pass as they are. */
function asRejection(action: WebhookIncident, codes: readonly ErrorCode[]) {
  return (error: unknown): never => {
    const isSo = error instanceof TillstreamError && codes.includes(error.code);
    throw isSo ? new Rejection(action, error) : error;
  };
}

/** The checks before the signature, the cheap ones first. @throws Rejection */
async function admitted(
  services: Services,
  source: WebhookSource,
  { raw, address }: Asked,
): Promise<WebhookRequest> {
  const { clock, limiters } = services;
  if (!source.allows(address)) {
    const expected = 'a network address from which the app takes webhooks';
    throw rejected('IP_NOT_WHITELISTED', 'webhook_sender_not_allowed', expected);
  }
  const tooLarge = asRejection('PAYLOAD_TOO_LARGE', ['body_too_large']);
  const body = await raw.readBody().catch(tooLarge);
  const request = { body, header: raw.header, query: raw.query };
  if (source.isStale(request, clock.now())) {
    throw rejected('INVALID_TIMESTAMP', 'webhook_stale', 'a webhook that was signed recently');
  }
  const key = limitKeyOf(address === '' ? 'unknown' : address);
  const taken = await limiters.take('webhooks', key);
  if (taken && !taken.result.allowed) {
    throw new Rejection('RATE_LIMIT_EXCEEDED', tooMany(taken, clock.now()));
  }
  return request;
}

/** Checks a request, keeps its events, and counts them. @throws Rejection */
async function received(services: Services, source: WebhookSource, asked: Asked) {
  const request = await admitted(services, source, asked);
  const isSigned = source.isSigned(request);
  if (!isSigned && !source.takesHints) {
    throw rejected('INVALID_SIGNATURE', 'webhook_not_signed', 'the signature of the provider');
  }
  const nowMs = services.clock.now();
  const contents = readBy(source, request, { isSigned, nowMs });
  const { correlationId, origin } = asked;
  const hasShop = (storeId: string) => services.shops().some(({ id }) => id === storeId);
  const bodySha256 = services.digest.sha256(request.body);
  const given = { source, isSigned, contents, bodySha256, correlationId, origin };
  return receiveWebhooks({ ...services, hasShop }, given);
}

function readBy(...[source, ...given]: [WebhookSource, ...Parameters<WebhookSource['read']>]) {
  try {
    return source.read(...given);
  } catch (error) {
    return asRejection('VALIDATION_ERROR', ['webhook_malformed'])(error);
  }
}

/** Answers after the events are durable: the provider then forgets them. */
async function answer(services: Services, source: WebhookSource, asked: Asked) {
  try {
    const counts = await received(services, source, asked);
    if (counts.duplicates > 0) await recordIncident(services, 'DUPLICATE_WEBHOOK', source, asked);
    if (counts.unassigned > 0) await recordIncident(services, 'VALIDATION_ERROR', source, asked);
    return counts;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    await recordIncident(services, error.action, source, asked);
    throw error.problem;
  }
}

const receiver = (provider: Provider): Route =>
  route({
    method: 'post',
    path: `/webhooks/${provider}/:app`,
    operationId: `receive${NAMES[provider].replace(' ', '')}Webhook`,
    summary: `Webhooks of ${NAMES[provider]}`,
    description:
      'For the provider, which signs them. Each event is kept once, before the response, in the shop of its account. One that comes again changes nothing.',
    tag: 'Webhooks',
    permission: 'public',
    params: Type.Object({
      app: Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'The app, as `PROVIDER_APPS` names it.',
      }),
    }),
    status: 200,
    response: WebhookResponse,
    write: false,
    raw: true,
    limiters: ['webhooks'],
    errors: [
      ...['webhook_address_unknown', 'webhook_sender_not_allowed', 'webhook_stale'],
      ...['webhook_not_signed', 'webhook_malformed', 'body_too_large'],
      'unsupported_media_type',
    ] as ErrorCode[],
    async handle({ params: { app }, raw, address, correlationId, origin }, services) {
      if (!raw) throw new InvariantError('the bytes of a request');
      const source = services.webhookSources.find(provider, app);
      if (!source) {
        throw new NotFoundError('webhook_address_unknown', `there is no such app of ${provider}`);
      }
      const asked = { raw, address, correlationId, origin };
      return { status: 200, body: await answer(services, source, asked) };
    },
  });

export const webhookReceivers: readonly Route[] = PROVIDERS.map(receiver);
