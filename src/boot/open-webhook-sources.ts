import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { mailchimpWebhooks } from '../adapters/mailchimp/webhooks.ts';
import { mercadopagoWebhooks } from '../adapters/mercadopago/webhooks.ts';
import { quickbooksWebhooks } from '../adapters/quickbooks/webhooks.ts';
import { createWebhookSources, type WebhookSchemes } from '../adapters/shared/webhook-sources.ts';
import { squareWebhooks } from '../adapters/square/webhooks.ts';
import { stripeWebhooks } from '../adapters/stripe/webhooks.ts';
import { PROVIDERS } from '../domain/kernel/providers.ts';
import { oneOf } from '../domain/kernel/schema.ts';
import type { WebhookSources } from '../ports/webhook-sources.ts';

const MAX_APPS = 1_000;
const MAX_ACCOUNTS = 10_000;
const MAX_SECRETS = 5;
const MAX_NETWORKS = 1_000;
const closed = { additionalProperties: false };

const AppSchema = Type.Object(
  {
    provider: oneOf(PROVIDERS),
    app: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }),
    secrets: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
        minItems: 1,
        maxItems: MAX_SECRETS,
      }),
    ),
    url: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 2_048 })),
    accounts: Type.Record(
      Type.String({ minLength: 1, maxLength: 200 }),
      Type.String({ pattern: '^[a-z0-9]{1,32}$' }),
      { maxProperties: MAX_ACCOUNTS },
    ),
    networks: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), { maxItems: MAX_NETWORKS }),
    ),
    unsigned: Type.Optional(Type.Boolean()),
  },
  closed,
);
const AppsSchema = Type.Array(AppSchema, { maxItems: MAX_APPS });

/** How each provider signs and writes its webhooks. */
const WEBHOOK_SCHEMES: WebhookSchemes = {
  square: squareWebhooks,
  quickbooks: quickbooksWebhooks,
  mercadopago: mercadopagoWebhooks,
  stripe: stripeWebhooks,
  mailchimp: mailchimpWebhooks,
};

/**
 * The apps of the setting `PROVIDER_APPS`; empty: none.
 * @throws Error that names the place and what was expected; it quotes no value.
 */
export function openWebhookSources(text: string): WebhookSources {
  try {
    return createWebhookSources(appsIn(text), WEBHOOK_SCHEMES);
  } catch (cause) {
    throw new Error(`PROVIDER_APPS: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

function appsIn(text: string): Static<typeof AppsSchema> {
  if (text === '') return [];
  let apps: unknown;
  try {
    apps = JSON.parse(text);
  } catch {
    // The syntax error would quote the text.
    throw new Error('expected JSON');
  }
  if (Value.Check(AppsSchema, apps)) return apps;
  const first = Value.Errors(AppsSchema, apps).First();
  throw new Error(`${first?.path || 'the list'}: ${first?.message.toLowerCase()}`);
}
