/** Named limits of one outgoing call, redirects included. Each may be lowered by the request. */
export const OUTGOING_LIMITS = {
  /** From the start of the name look-up to the last byte of the body. */
  timeoutMs: 10_000,
  maxTimeoutMs: 120_000,
  responseBytes: 1_048_576,
  maxResponseBytes: 32 * 1_048_576,
  requestBytes: 16 * 1_048_576,
  /** Names and values of the response's headers together. */
  headerBytes: 16_384,
  headers: 100,
  redirects: 0,
  maxRedirects: 5,
  urlCharacters: 2_048,
} as const;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Absolute, without credentials. `https`; `http` only to a destination allowed by name. */
  readonly url: string;
  /** Not those that the client sets: host, length, connection, encoding and proxy headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Of the response's body. */
  readonly maxResponseBytes?: number;
  /**
   * How many redirects are followed; default 0: a redirect is the response. Every target is checked
   * like the first. Another origin gets only `accept`, `content-type` and `user-agent`.
   */
  readonly maxRedirects?: number;
  /** Cancels the call, which then rejects with `upstream_unavailable`. */
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; values that came several times are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Calls to other systems: the only way out. It cannot be made to reach the machine itself, its
 * private network or the metadata service of a cloud, whatever a URL, a name server or a redirect
 * says (U7). Messages of its errors name the scheme and host at most, never path, query or headers.
 */
export interface HttpClient {
  /**
   * Resolves with any status; only a call without a complete response rejects.
   * @throws UpstreamError destination_not_allowed, upstream_unavailable, upstream_timeout,
   * upstream_invalid_response. After the last three the other system may have acted on the call.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}
