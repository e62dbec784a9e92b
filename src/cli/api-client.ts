import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

import { CliError } from './cli-error.ts';

/** A response of the server, whatever its status. */
export interface ApiResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The log position of the command; send it with a query to read your own write. */
  readonly position: string | undefined;
}

export interface Call {
  readonly key?: string;
  readonly body?: unknown;
  readonly position?: string | undefined;
}

export interface ApiClient {
  get(path: string, call?: Call): Promise<ApiResponse>;
  /** A response that is no JSON. @throws CliError when the server rejects the request. */
  getText(path: string): Promise<string>;
  /** A write with its Idempotency-Key. */
  post(path: string, call: Call): Promise<ApiResponse>;
  /** A removal with its Idempotency-Key. */
  remove(path: string, call: Call): Promise<ApiResponse>;
}

/** An audit reads the whole log before it responds. */
const TIMEOUT_MS = 1_800_000;

/** The server cannot be reached, or its response is not valid. */
export class ServerError extends Error {}

/** The error for a response that rejects a request. */
export function rejection({ status, body: { code, detail } }: ApiResponse): CliError {
  const message = `the server answered ${status} ${String(code)}: ${String(detail)}`;
  return new CliError(message, { code: String(code) });
}

export function createApiClient(url: string, apiKey: string): ApiClient {
  async function answerTo(method: string, path: string, { key, body, position }: Call) {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
    if (key !== undefined) headers['idempotency-key'] = key;
    if (position !== undefined) headers['tillstream-position'] = position;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const payload = body === undefined ? undefined : JSON.stringify(body);
    try {
      return await send(new URL(path, url), { method, headers }, payload);
    } catch (cause) {
      throw new ServerError(`expected a server at ${url}, found none that responds`, { cause });
    }
  }

  async function call(method: string, path: string, given: Call = {}): Promise<ApiResponse> {
    const response = await answerTo(method, path, given);
    const newPosition = response.headers['tillstream-position'];
    return {
      status: response.status,
      body: JSON.parse(response.text) as ApiResponse['body'],
      position: typeof newPosition === 'string' ? newPosition : undefined,
    };
  }
  return {
    get: (path, options) => call('GET', path, options),
    async getText(path) {
      const { status, text: found } = await answerTo('GET', path, {});
      if (status < 300) return found;
      const body = JSON.parse(found) as ApiResponse['body'];
      throw rejection({ status, body, position: undefined });
    },
    post: (path, options) => call('POST', path, options),
    remove: (path, options) => call('DELETE', path, options),
  };
}

/** One request with its whole response. `fetch` fails after five minutes without headers. */
async function send(url: URL, options: RequestOptions, body: string | undefined) {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = request(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: await text(response),
  };
}
