import { type Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { type Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import { type HttpResponse, OUTGOING_LIMITS } from '../../ports/http-client.ts';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
  readonly lookup: LookupFunction;
  readonly agent: HttpAgent | HttpsAgent;
}

/** One request and its complete response, without redirects. @throws what ended it. */
export async function exchange(parts: Exchange): Promise<HttpResponse> {
  const response = await begin(parts);
  const { statusCode: status = 0 } = response;
  return { status, headers: headersOf(response), body: await bodyOf(response, parts) };
}

function begin(parts: Exchange): Promise<IncomingMessage> {
  const { url, method, headers, body, signal, lookup, agent } = parts;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method,
      headers,
      agent,
      lookup,
      signal,
      maxHeaderSize: OUTGOING_LIMITS.headerBytes,
      insecureHTTPParser: false,
    });
    request.maxHeadersCount = OUTGOING_LIMITS.headers;
    request.once('response', resolve);
    request.on('error', reject);
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      reject(
        new UpstreamError(
          'upstream_invalid_response',
          `expected a response of ${url.origin}, found another protocol`,
        ),
      );
    });
    request.end(body);
  });
}

async function bodyOf(
  response: IncomingMessage,
  { url, maxResponseBytes }: Exchange,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxResponseBytes) {
      throw new UpstreamError(
        'upstream_invalid_response',
        `expected at most ${maxResponseBytes} bytes from ${url.origin}`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
