import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../ports/http-client.ts';
import type { ProviderFailure, ProviderResult } from '../../ports/provider-client.ts';

/** Covers name look-up, headers and the whole body. */
const TIMEOUT_MS = 20_000;
const MAX_RESPONSE_BYTES = 8 * 1_048_576;
const MAX_RETRY_AFTER_S = 86_400;
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const CODE = /^[\w.-]{1,100}$/;
/** Answered before anything was done. */
const NOT_CARRIED_OUT = new Set([408, 425, 429, 503]);

export interface CallOptions {
  readonly http: HttpClient;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The class of an error body of the provider; undefined: the body is no error. */
  readonly failureOf: (body: unknown, status: number) => ProviderFailure | undefined;
  readonly timeoutMs?: number;
}

export interface Call<S extends TSchema> {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body of JSON. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the response; fields that it does not name are let through. */
  readonly schema: S;
}

/** Calls to one provider with JSON in both directions: one attempt each, every outcome classed. */
export function createCalls(options: CallOptions) {
  const { http, baseUrl, headers, failureOf, timeoutMs = TIMEOUT_MS } = options;

  return async <S extends TSchema>(call: Call<S>): Promise<ProviderResult<Static<S>>> => {
    let response: HttpResponse;
    try {
      response = await http.send({
        ...{ method: call.method, url: `${baseUrl}${call.path}`, timeoutMs },
        headers: {
          ...headers,
          ...(call.form && FORM_TYPE),
          ...call.headers,
          accept: 'application/json',
        },
        maxResponseBytes: MAX_RESPONSE_BYTES,
        ...(call.form && { body: new URLSearchParams(call.form).toString() }),
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const isBlocked = error.code === 'destination_not_allowed';
      const code = error.code.replace(/^upstream_/, '');
      return isBlocked ? { kind: 'permanent', code } : { kind: 'retry', code, isUnknown: true };
    }
    const body = parsed(response);
    const failure = failureOf(body, response.status) ?? statusFailure(response.status);
    if (failure) return timed(coded(failure), response);
    if (Value.Check(call.schema, body)) return { kind: 'ok', value: body };
    return { kind: 'retry', code: 'unreadable', isUnknown: true };
  };
}

function parsed({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** For a response without an error body of the provider, such as the page of a proxy. */
function statusFailure(status: number): ProviderFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const code = `status_${status}`;
  if (status === 401) return { kind: 'auth', code };
  // A proxy can answer 4xx with a page of its own, which says nothing about the request.
  return { kind: 'retry', code, isUnknown: true };
}

/** A code can be stored and shown: what does not look like one is text of the provider. */
function coded(failure: ProviderFailure): ProviderFailure {
  return CODE.test(failure.code) ? failure : { ...failure, code: 'unrecognized' };
}

function timed(failure: ProviderFailure, { status, headers }: HttpResponse): ProviderFailure {
  if (failure.kind !== 'retry') return failure;
  const { isUnknown: _unknown, ...known } = failure;
  const base = NOT_CARRIED_OUT.has(status) ? known : failure;
  const seconds = Number(headers['retry-after']);
  if (!(seconds > 0)) return base;
  return { ...base, afterMs: Math.min(seconds, MAX_RETRY_AFTER_S) * 1_000 };
}
