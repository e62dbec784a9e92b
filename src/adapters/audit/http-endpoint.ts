import { TillstreamError } from '../../domain/kernel/errors.ts';
import type { AuditEndpoint } from '../../ports/audit-sinks.ts';
import type { Cipher } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SendOutcome } from '../../ports/delivery-channel.ts';
import type { HttpClient, HttpResponse } from '../../ports/http-client.ts';

const TIMEOUT_MS = 30_000;
const MAX_RETRY_AFTER_S = 86_400;

export interface HttpEndpointOptions {
  readonly httpClient: Pick<HttpClient, 'send'>;
  readonly cipher: Pick<Cipher, 'mac'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly url: string;
  /** Bearer token; empty: none. */
  readonly token: string;
  /** Signs time and body; empty: no signature. */
  readonly secret: string;
}

/**
 * Posts audit records as JSON lines. `X-Tillstream-Signature: t=<ms>,v1=<hex>` has the HMAC-SHA256
 * of `<ms>.<body>`. Whatever fails may succeed later: records are never dropped for a response.
 */
export function createHttpEndpoint(options: HttpEndpointOptions): AuditEndpoint {
  const { httpClient, cipher, clock, url, token, secret } = options;

  function signatureOf(body: string): string {
    const time = String(clock.now());
    return `t=${time},v1=${cipher.mac(Buffer.from(secret, 'utf8'), `${time}.${body}`)}`;
  }

  return {
    async send({ key, reference, storeId, lines, signal }) {
      try {
        const response = await httpClient.send({
          method: 'POST',
          url,
          headers: {
            'Content-Type': 'application/x-ndjson',
            'Idempotency-Key': key,
            'X-Tillstream-Delivery': reference,
            'X-Tillstream-Store': storeId,
            ...(token !== '' && { Authorization: `Bearer ${token}` }),
            ...(secret !== '' && { 'X-Tillstream-Signature': signatureOf(lines) }),
          },
          body: lines,
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

/** The text of the response is not kept: it could quote the records. */
function outcomeOf({ status, headers }: HttpResponse): SendOutcome {
  if (status >= 200 && status < 300) return { outcome: 'accepted' };
  const seconds = Number(headers['retry-after']);
  const isRefused = status === 401 || status === 403;
  return {
    outcome: 'failed',
    failureClass: isRefused ? 'auth' : 'retry',
    code: `audit_${status}`,
    reason: isRefused
      ? 'The audit endpoint refused the token.'
      : `The audit endpoint did not accept the records: HTTP status ${status}.`,
    ...(seconds > 0 && { retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_S) * 1_000 }),
    ...(status >= 500 && { unreachable: true as const }),
  };
}

function failedCall(error: unknown): SendOutcome {
  const code = error instanceof TillstreamError ? error.code : 'internal';
  return {
    outcome: 'failed',
    failureClass: 'retry',
    code: `audit_${code}`,
    reason:
      code === 'destination_not_allowed'
        ? 'The address of the audit endpoint is not allowed: see OUTGOING_ALLOWED.'
        : 'The audit endpoint did not respond. It may have taken the records.',
    unreachable: true,
  };
}
