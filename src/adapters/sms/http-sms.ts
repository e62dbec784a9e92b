import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { SendOutcome } from '../../ports/delivery-channel.ts';
import type { HttpClient, HttpResponse } from '../../ports/http-client.ts';
import type { SmsTransport } from '../../ports/sms-transport.ts';

type Failed = Extract<SendOutcome, { outcome: 'failed' }>;

const TIMEOUT_MS = 20_000;
const MAX_RETRY_AFTER_S = 86_400;

export interface HttpSmsOptions {
  readonly httpClient: HttpClient;
  /** Where messages are sent with POST. */
  readonly url: string;
  /** Bearer token; empty: none. */
  readonly token: string;
  /** The sender that the phone shows; empty: that of the provider. */
  readonly from: string;
}

/**
 * Sends text messages by a provider's HTTP API:
 * `POST {to, from, text, reference}` with an `Idempotency-Key`; the response has the `id` of the
 * message.
 */
export function createHttpSms({ httpClient, url, token, from }: HttpSmsOptions): SmsTransport {
  return {
    async send({ to, text, key, reference, signal }) {
      try {
        const response = await httpClient.send({
          method: 'POST',
          url,
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': key,
            ...(token !== '' && { Authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({ to, text, reference, ...(from !== '' && { from }) }),
          timeoutMs: TIMEOUT_MS,
          signal,
        });
        return outcomeOf(response);
      } catch (error) {
        return failedCall(error);
      }
    },
  };
}

function outcomeOf(response: HttpResponse): SendOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) {
    const id = idOf(response);
    return { outcome: 'accepted', ...(id !== undefined && { providerId: id }) };
  }
  const failure = failed(response);
  const seconds = Number(response.headers['retry-after']);
  if (!(seconds > 0)) return failure;
  return { ...failure, retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_S) * 1_000 };
}

function failed({ status, body }: HttpResponse): Failed {
  const detail = body.toString('utf8').slice(0, 500);
  const of = (failureClass: Failed['failureClass'], reason: string): Failed => ({
    ...{ outcome: 'failed', failureClass, code: `sms_${status}`, reason },
    ...(detail !== '' && { detail }),
  });
  if (status === 401 || status === 403) return of('auth', 'The provider refused the token.');
  if (status === 409) return of('duplicate', 'The provider has the message already.');
  if (status === 429) return of('retry', 'The provider asks for fewer messages.');
  if (status >= 500) {
    return { ...of('retry', 'The provider cannot take messages now.'), unreachable: true };
  }
  return of('permanent', 'The provider refused the message or the number.');
}

function failedCall(error: unknown): Failed {
  const code = error instanceof TillstreamError ? error.code : 'internal';
  const refused = code === 'destination_not_allowed';
  return {
    outcome: 'failed',
    failureClass: refused ? 'permanent' : 'retry',
    code: `sms_${code}`,
    reason: refused
      ? 'The address of the provider is not allowed: see OUTGOING_ALLOWED.'
      : 'The provider did not respond. It may have taken the message.',
    ...(!refused && { unreachable: true }),
  };
}

function idOf({ body }: HttpResponse): string | undefined {
  try {
    const { id } = JSON.parse(body.toString('utf8')) as { id?: unknown };
    return typeof id === 'string' && id !== '' ? id.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}
