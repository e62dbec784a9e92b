import { lookup as lookupName } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import { TillstreamError, UpstreamError } from '../../domain/kernel/errors.ts';
import { invariant } from '../../domain/kernel/invariant.ts';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  OUTGOING_LIMITS,
} from '../../ports/http-client.ts';
import { checkedLookup, type Resolve } from './checked-lookup.ts';
import { createDestinations } from './destinations.ts';
import { exchange } from './http-exchange.ts';
import { outgoingAddresses } from './outgoing-addresses.ts';
import { followed, redirectTarget } from './redirects.ts';

/** Connections to one host, and to all; calls beyond that wait, which their time limit covers. */
const MAX_CONNECTIONS_PER_HOST = 16;
const MAX_CONNECTIONS = 64;

/** Headers that belong to the connection, which the client sets itself. */
const OWN_HEADERS =
  /^(host|connection|keep-alive|content-length|transfer-encoding|accept-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;

export interface SafeFetchOptions {
  /** Host names, addresses and networks that may be reached although they are not public. */
  readonly allowed?: readonly string[];
  /** Finds the addresses of a host name; default the resolver of the operating system. */
  readonly resolve?: Resolve;
  /** Authorities to trust, as PEM, instead of those that Node trusts. */
  readonly authorities?: string;
}

/**
 * The client for all outgoing calls. A name is resolved once for each connection, and exactly the
 * addresses that were checked are connected to, so a name server cannot change its answer in
 * between. No proxy of the environment is used, and certificates are always verified.
 * @throws Error when an entry of `allowed` is no host, address or network.
 */
export function createSafeFetch(options: SafeFetchOptions = {}): HttpClient {
  const destinations = createDestinations(outgoingAddresses(options.allowed ?? []));
  const resolve =
    options.resolve ?? ((host: string) => lookupName(host, { all: true, verbatim: true }));
  const pool = { maxSockets: MAX_CONNECTIONS_PER_HOST, maxTotalSockets: MAX_CONNECTIONS };
  const http = new HttpAgent(pool);
  const https = new HttpsAgent({
    ...pool,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(options.authorities !== undefined && { ca: options.authorities }),
  });

  async function hop(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const url = destinations.check(request.url);
    const lookup = checkedLookup(resolve, url, destinations);
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
    const limit = request.maxResponseBytes ?? OUTGOING_LIMITS.responseBytes;
    return exchange({
      url,
      method: request.method,
      headers: headersOf(request, body),
      body,
      maxResponseBytes: Math.min(limit, OUTGOING_LIMITS.maxResponseBytes),
      signal,
      lookup,
      agent: url.protocol === 'https:' ? https : http,
    });
  }

  async function follow(first: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const max = Math.min(
      first.maxRedirects ?? OUTGOING_LIMITS.redirects,
      OUTGOING_LIMITS.maxRedirects,
    );
    let request = first;
    for (let redirects = 0; ; redirects += 1) {
      const response = await hop(request, signal);
      const target = max === 0 ? undefined : redirectTarget(request.url, response);
      if (target === undefined) return response;
      if (redirects === max) {
        throw new UpstreamError(
          'upstream_invalid_response',
          `expected at most ${max} redirects from ${new URL(first.url).origin}`,
        );
      }
      request = followed(request, response.status, target);
    }
  }

  return {
    async send(request) {
      checkForm(request);
      return withinTime(request, (signal) => follow(request, signal));
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** Ends the call at its time limit, or with the signal of its caller. */
async function withinTime(
  request: HttpRequest,
  call: (signal: AbortSignal) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { timeoutMs = OUTGOING_LIMITS.timeoutMs, signal: outer } = request;
  const limitMs = Math.min(timeoutMs, OUTGOING_LIMITS.maxTimeoutMs);
  const ending = new AbortController();
  const cancel = () => ending.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    cancel();
  }, limitMs);
  outer?.addEventListener('abort', cancel, { once: true });
  if (outer?.aborted === true) cancel();
  try {
    return await untilAborted(call(ending.signal), ending.signal);
  } catch (error) {
    throw asUpstream(error, request, late ? limitMs : undefined);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', cancel);
  }
}

/** A bug of the caller, not of the other system. */
function checkForm({ headers = {}, body, method }: HttpRequest): void {
  for (const name of Object.keys(headers)) {
    invariant(!OWN_HEADERS.test(name), 'a header that the client does not set itself', { name });
  }
  const bytes = body === undefined ? 0 : Buffer.byteLength(body);
  invariant(bytes <= OUTGOING_LIMITS.requestBytes, 'a request of at most 16 MiB', { bytes });
  invariant(bytes === 0 || (method !== 'GET' && method !== 'HEAD'), 'no body for a read', {
    bytes,
  });
}

/** Bodies come as they are: one that is compressed could grow beyond any limit. */
function headersOf({ headers, method }: HttpRequest, body: Uint8Array | undefined) {
  const takesBody = method !== 'GET' && method !== 'HEAD';
  return {
    'user-agent': 'tillstream',
    accept: '*/*',
    ...Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    'accept-encoding': 'identity',
    ...((takesBody || body) && { 'content-length': String(body?.byteLength ?? 0) }),
  };
}

/** A name look-up cannot be cancelled, so the call ends without it. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (!signal.aborted) {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    return Promise.race([promise, aborted]);
  }
  promise.catch(() => undefined);
  throw new Error('aborted');
}

function asUpstream(error: unknown, { url }: HttpRequest, timeoutMs?: number): TillstreamError {
  if (error instanceof TillstreamError) return error;
  const where = URL.canParse(url) ? new URL(url).origin : 'the destination';
  if (timeoutMs !== undefined) {
    return new UpstreamError(
      'upstream_timeout',
      `expected a complete response of ${where} within ${timeoutMs} ms`,
    );
  }
  const reason = (error as { code?: unknown } | undefined)?.code;
  const code = typeof reason === 'string' && /^[A-Z0-9_]{1,60}$/.test(reason) ? reason : 'UNKNOWN';
  const isForm = code.startsWith('HPE_') || code === 'ERR_INVALID_HTTP_TOKEN';
  return new UpstreamError(
    isForm ? 'upstream_invalid_response' : 'upstream_unavailable',
    `expected a response of ${where}, found ${code}`,
    { reason: code },
  );
}
