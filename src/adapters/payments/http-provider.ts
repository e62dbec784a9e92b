import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../ports/http-client.ts';
import type {
  PaymentProvider,
  ProviderPayment,
  ProviderRetry,
} from '../../ports/payment-provider.ts';

const TIMEOUT_MS = 15_000;
const MAX_RETRY_AFTER_MS = 600_000;

const id = Type.String({ minLength: 1, maxLength: 200 });
const reason = Type.String({ minLength: 1, maxLength: 200 });
const PaymentBody = Type.Union([
  Type.Object({
    status: Type.Literal('succeeded'),
    id,
    amountMinor: Type.Integer({ minimum: 1 }),
  }),
  Type.Object({ status: Type.Literal('pending'), id }),
  Type.Object({ status: Type.Literal('failed'), id, reason }),
]);
const RefundBody = Type.Union([
  Type.Object({ status: Type.Literal('refunded'), id }),
  Type.Object({ status: Type.Literal('failed'), id, reason }),
]);

export interface HttpProviderOptions {
  readonly http: HttpClient;
  /** Such as `https://payments.example`, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** A provider with the interface of the payment simulator, over HTTP with JSON. */
export function createHttpProvider({
  http,
  baseUrl,
  apiKey,
}: HttpProviderOptions): PaymentProvider {
  const send = (method: HttpRequest['method'], path: string, body?: unknown) =>
    http.send({
      method,
      url: `${baseUrl}${path}`,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      timeoutMs: TIMEOUT_MS,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const pathOf = (attemptId: string) => `/v1/payments/${encodeURIComponent(attemptId)}`;

  return {
    async charge(request) {
      const response = await send('POST', '/v1/payments', request);
      return retryOf(response) ?? paymentOf(response);
    },
    async lookup(attemptId) {
      const response = await send('GET', pathOf(attemptId));
      return response.status === 404 ? undefined : paymentOf(response);
    },
    async refund({ attemptId, ...refund }) {
      const response = await send('POST', `${pathOf(attemptId)}/refunds`, refund);
      const retry = retryOf(response);
      if (retry) return retry;
      const body = bodyOf(RefundBody, response, [200, 201, 402]);
      if (body.status === 'failed') return { kind: 'failed', reason: body.reason };
      return { kind: 'refunded', transactionId: body.id };
    },
  };
}

/** 429 and 503 are refused before anything is done; other failures leave the outcome open. */
function retryOf({ status, headers }: HttpResponse): ProviderRetry | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const reason = status === 429 ? 'rate_limited' : 'temporarily_unavailable';
  const seconds = Number(headers['retry-after']);
  if (!Number.isFinite(seconds) || seconds < 0) return { kind: 'retry', reason };
  return { kind: 'retry', reason, afterMs: Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) };
}

function paymentOf(response: HttpResponse): ProviderPayment {
  const body = bodyOf(PaymentBody, response, [200, 201, 202, 402]);
  switch (body.status) {
    case 'succeeded':
      return { kind: 'succeeded', transactionId: body.id, chargedMinor: body.amountMinor };
    case 'pending':
      return { kind: 'accepted', transactionId: body.id };
    case 'failed':
      return { kind: 'failed', reason: body.reason };
  }
}

/** @throws UpstreamError upstream_invalid_response: what the provider did is not known. */
function bodyOf<S extends TSchema>(
  schema: S,
  { status, body }: HttpResponse,
  expected: readonly number[],
): Static<S> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    parsed = undefined;
  }
  if (expected.includes(status) && Value.Check(schema, parsed)) return parsed;
  throw new UpstreamError(
    'upstream_invalid_response',
    `expected a payment with status ${expected.join(', ')}, found status ${status}`,
  );
}
