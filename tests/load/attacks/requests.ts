import { once, setMaxListeners } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
}

export interface Reply {
  /** The status, or why there is none: an error code such as `ECONNRESET`, or `unanswered`. */
  readonly label: string;
  readonly tookMs: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface SendOptions {
  readonly agent: Agent;
  /** The request is cancelled when it aborts. */
  readonly signal: AbortSignal;
  /** Otherwise the body is read and dropped. */
  readonly keepBody?: boolean;
}

/** Sends one request and reads its whole response. Never rejects. */
export async function send(
  url: string,
  { method, path, headers, body }: HttpRequest,
  { agent, signal, keepBody = false }: SendOptions,
): Promise<Reply> {
  const startedMs = performance.now();
  const reply = (label: string, rest: Partial<Reply> = {}): Reply => ({
    label,
    tookMs: performance.now() - startedMs,
    headers: {},
    body: '',
    ...rest,
  });
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  let status: string | undefined;
  try {
    const sent = httpRequest(new URL(path, url), {
      method,
      agent,
      signal,
      headers: { ...headers, ...length },
    });
    const responded = once(sent, 'response') as Promise<[IncomingMessage]>;
    // After a response a server may close the connection before it has the whole request.
    sent.on('error', () => undefined);
    sent.end(body);
    const [response] = await responded;
    status = String(response.statusCode);
    if (keepBody) return reply(status, { headers: response.headers, body: await text(response) });
    response.resume();
    if (!response.readableEnded) await once(response, 'end');
    return reply(status, { headers: response.headers });
  } catch (error) {
    if (signal.aborted) return reply('unanswered');
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    return reply(status === undefined ? code : `${status} cut off`);
  }
}

/** All requests at the same time, each over a connection of its own. @returns their labels. */
export async function sendAll(
  url: string,
  requests: readonly HttpRequest[],
  signal: AbortSignal,
): Promise<string[]> {
  setMaxListeners(0, signal);
  const agent = new Agent({ keepAlive: false });
  const replies = requests.map((request) => send(url, request, { agent, signal }));
  const labels = (await Promise.all(replies)).map(({ label }) => label);
  agent.destroy();
  return labels;
}

/** One request after the other over each of some connections. @throws Error without success. */
export async function sendInTurn(
  url: string,
  requests: readonly HttpRequest[],
  { connections, signal }: { readonly connections: number; readonly signal: AbortSignal },
): Promise<Reply[]> {
  setMaxListeners(0, signal);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const replies: Reply[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < requests.length; at = next++) {
      const request = requests[at];
      if (!request) return;
      const reply = await send(url, request, { agent, signal, keepBody: true });
      if (!reply.label.startsWith('2')) {
        throw new Error(`${request.method} ${request.path}: ${reply.label} ${reply.body}`);
      }
      replies[at] = reply;
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } finally {
    agent.destroy();
  }
  return replies;
}
