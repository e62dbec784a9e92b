import { createHmac } from 'node:crypto';

import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SendOutcome } from '../../ports/delivery-channel.ts';
import type { HttpClient, HttpResponse } from '../../ports/http-client.ts';
import type { SignedWebhooks, WebhookSender } from '../../ports/webhook-sender.ts';

type Failed = Extract<SendOutcome, { outcome: 'failed' }>;

/** The specification recommends 15 to 30 s. */
const TIMEOUT_MS = 20_000;
const MAX_RETRY_AFTER_S = 86_400;
/** What the receiver answers is not read. */
const MAX_RESPONSE_BYTES = 65_536;
const SECRET_PREFIX = 'whsec_';

export interface WebhookTarget {
  readonly id: string;
  readonly url: string;
  /** Base64, after `whsec_`. */
  readonly secrets: readonly string[];
}

export interface SignedWebhooksOptions {
  readonly httpClient: Pick<HttpClient, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface StandardWebhooksOptions extends SignedWebhooksOptions {
  readonly targets: readonly WebhookTarget[];
}

/** Posts webhooks to the configured targets. */
export function createStandardWebhooks({
  targets,
  ...options
}: StandardWebhooksOptions): WebhookSender {
  const known = new Map(targets.map((target) => [target.id, target]));
  const signed = createSignedWebhooks(options);

  return {
    async send({ endpoint, ...call }) {
      const target = known.get(endpoint);
      if (!target) return failed('permanent', 'unknown_contact', UNKNOWN);
      const { url, secrets } = target;
      const outcome = await signed.post({ ...call, url, secrets });
      if (outcome.outcome === 'accepted') return outcome;
      // One silent target does not pause those of the others.
      const { unreachable: _only, ...failure } = outcome;
      return failure;
    },
  };
}

/**
 * Posts webhooks as the Standard Webhooks specification asks for: `webhook-id` is the same for each
 * attempt, `webhook-timestamp` is that of the attempt in seconds, and `webhook-signature` has
 * `v1,<base64>` for each secret: HMAC-SHA256 of `<id>.<timestamp>.<body>`.
 */
export function createSignedWebhooks({ httpClient, clock }: SignedWebhooksOptions): SignedWebhooks {
  return {
    async post({ url, secrets, key, reference, body, signal }) {
      const seconds = String(Math.floor(clock.now() / 1_000));
      try {
        const response = await httpClient.send({
          method: 'POST',
          url,
          headers: {
            'Content-Type': 'application/json',
            'webhook-id': key,
            'webhook-timestamp': seconds,
            'webhook-signature': signaturesOf(secrets, `${key}.${seconds}.${body}`),
            'X-Tillstream-Delivery': reference,
          },
          body,
          timeoutMs: TIMEOUT_MS,
          maxResponseBytes: MAX_RESPONSE_BYTES,
          signal,
        });
        return outcomeOf(response);
      } catch (error) {
        return failedCall(error);
      }
    },
  };
}

const UNKNOWN = 'No contact of this name is configured in ALERT_CONTACTS any more.';

function signaturesOf(secrets: readonly string[], text: string): string {
  return secrets.map((secret) => `v1,${signatureOf(secret, text)}`).join(' ');
}

function signatureOf(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return createHmac('sha256', key).update(text, 'utf8').digest('base64');
}

function failed(failureClass: Failed['failureClass'], code: string, reason: string): Failed {
  return { outcome: 'failed', failureClass, code: `webhook_${code}`, reason };
}

/** The text of the response is not kept: it is of no use, and may hold anything. */
function outcomeOf({ status, headers }: HttpResponse): SendOutcome {
  if (status >= 200 && status < 300) return { outcome: 'accepted' };
  const code = String(status);
  if (status === 410) return failed('permanent', code, 'The receiver takes no more webhooks.');
  if (status === 401 || status === 403) {
    return failed('auth', code, 'The receiver refused the signature.');
  }
  const failure = failed('retry', code, `The receiver answered with HTTP status ${status}.`);
  const seconds = Number(headers['retry-after']);
  if (!(seconds > 0)) return failure;
  return { ...failure, retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_S) * 1_000 };
}

function failedCall(error: unknown): Failed {
  const code = error instanceof TillstreamError ? error.code : 'internal';
  if (code === 'destination_not_allowed') {
    return failed('permanent', code, 'The address is not allowed: see OUTGOING_ALLOWED.');
  }
  const reason = 'The receiver did not respond. It may have taken the webhook.';
  return { ...failed('retry', code, reason), unreachable: true };
}
