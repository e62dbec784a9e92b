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
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new ServerError(`expected a server at ${url}, found none that answers`, { cause });
    }
    return {
      status: response.status,
      body: (await response.json()) as Answer['body'],
      position: response.headers.get('tillstream-position') ?? undefined,
    };
  }
  return {
    get: (path, options) => call('GET', path, options),
    post: (path, options) => call('POST', path, options),
  };
}
