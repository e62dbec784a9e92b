import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** An answer of the server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where in the log the command stands; send it with a query to read your own write. */
  readonly position: string | undefined;
}

export interface Call {
  readonly key?: string;
  readonly body?: unknown;
  readonly position?: string | undefined;
}

export interface ApiClient {
  get(path: string, call?: Call): Promise<Answer>;
  /** A write with its Idempotency-Key. */
  post(path: string, call: Call): Promise<Answer>;
}

/** An audit answers when it is done, and reads the whole log. */
const TIMEOUT_MS = 1_800_000;

/** The server cannot be reached, or does not speak as it should. */
export class ServerError extends Error {}

export function createApiClient(url: string, apiKey: string): ApiClient {
  async function call(method: string, path: string, { key, body, position }: Call = {}) {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
    if (key !== undefined) headers['idempotency-key'] = key;
    if (position !== undefined) headers['tillstream-position'] = position;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const sent = body === undefined ? undefined : JSON.stringify(body);
    let response: Awaited<ReturnType<typeof exchange>>;
    try {
      response = await exchange(new URL(path, url), { method, headers }, sent);
    } catch (cause) {
      throw new ServerError(`expected a server at ${url}, found none that answers`, { cause });
    }
    const told = response.headers['tillstream-position'];
    return {
      status: response.status,
      body: JSON.parse(response.text) as Answer['body'],
      position: typeof told === 'string' ? told : undefined,
    };
  }
  return {
    get: (path, options) => call('GET', path, options),
    post: (path, options) => call('POST', path, options),
  };
}

/** One request and its whole answer. `fetch` would give up after five minutes without headers. */
async function exchange(url: URL, options: RequestOptions, body: string | undefined) {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: await text(response),
  };
}
