/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Head and body as they were sent. */
  readonly text: string;
}

export const headerOf = ({ headers }: Answer, name: string): string | undefined =>
  headers.find(([known]) => known === name)?.[1];

/**
 * Reads the first final answer out of what a connection has brought so far; undefined when it is
 * not complete. @throws Error when it is not HTTP.
 */
export function parseAnswer(bytes: Buffer, method: string, ended: boolean): Answer | undefined {
  let rest = bytes;
  for (;;) {
    const at = rest.indexOf('\r\n\r\n');
    if (at < 0) return undefined;
    const [first = '', ...lines] = rest.subarray(0, at).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`expected a status line, found ${first}`);
    rest = rest.subarray(at + 4);
    // 1xx only says that the final answer is to come.
    if (status >= 200) return withBody(status, lines, rest, method, ended);
  }
}

function withBody(
  status: number,
  lines: readonly string[],
  rest: Buffer,
  method: string,
  ended: boolean,
): Answer | undefined {
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new Error(`expected a header, found ${line}`);
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const of = (name: string) => headers.find(([known]) => known === name)?.[1];
  const answer = (body: Buffer) => {
    const text = body.toString('utf8');
    return { status, headers, body: text, text: `${lines.join('\n')}\n\n${text}` };
  };
  if (method === 'HEAD' || status === 204 || status === 304) return answer(Buffer.alloc(0));
  if (of('transfer-encoding') === 'chunked') {
    const body = unchunked(rest);
    return body && answer(body);
  }
  const length = of('content-length');
  if (length === undefined) return ended ? answer(rest) : undefined;
  return rest.length >= Number(length) ? answer(rest.subarray(0, Number(length))) : undefined;
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts);
    const from = end + 2;
    if (bytes.length < from + size + 2) return undefined;
    parts.push(bytes.subarray(from, from + size));
    at = from + size + 2;
  }
}

/** Metrics are a text, and the OpenAPI document may be compressed. */
export function isJson(answer: Answer): boolean {
  const isText = headerOf(answer, 'content-encoding') === undefined;
  return isText && headerOf(answer, 'content-type')?.startsWith('application/json') === true;
}
