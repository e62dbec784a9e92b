import { connect } from 'node:net';

import { type Answer, parseAnswer } from './answer.ts';
import type { Delivery, Headers } from './plan.ts';

/** A request with all its tokens filled in. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
  readonly delivery: Delivery;
}

export interface Exchange {
  /** Absent when the connection ended without one. */
  readonly answer: Answer | undefined;
  readonly tookMs: number;
}

/** The request as bytes, in the pieces in which it is written. */
export function piecesOf({ method, target, headers, body, delivery }: WireRequest): Buffer[] {
  const has = (name: string) => headers.some(([known]) => known.toLowerCase() === name);
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (!has('host')) lines.unshift('Host: fuzz.example');
  const chunked = delivery === 'chunked' && !has('transfer-encoding');
  if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (body && !has('content-length') && !has('transfer-encoding')) {
    lines.push(`Content-Length: ${body.length + (delivery === 'cut-off' ? 1 : 0)}`);
  }
  if (delivery === 'expect-continue') lines.push('Expect: 100-continue');
  const head = Buffer.from(
    `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`,
    'latin1',
  );
  const content = body ?? Buffer.alloc(0);
  const all = Buffer.concat([head, chunked ? inChunks(content) : content]);
  if (delivery === 'cut-off') return [body ? all : all.subarray(0, all.length - 3)];
  if (delivery !== 'in-pieces') return [all];
  const middle = Math.floor(all.length / 2);
  return [all.subarray(0, 7), all.subarray(7, middle), all.subarray(middle)];
}

function inChunks(body: Buffer): Buffer {
  const middle = Math.floor(body.length / 2);
  const parts = [body.subarray(0, middle), body.subarray(middle)].filter((part) => part.length > 0);
  return Buffer.concat([
    ...parts.flatMap((part) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('0\r\n\r\n'),
  ]);
}

/** Writes the pieces over a connection of their own and reads what comes back. */
export function exchange(
  port: number,
  method: string,
  pieces: readonly Buffer[],
  options: { readonly cutOff?: boolean; readonly patienceMs: number },
): Promise<Exchange> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const chunks: Buffer[] = [];
    const end = (ended: boolean) => {
      let answer: Answer | undefined;
      try {
        answer = parseAnswer(Buffer.concat(chunks), method, ended);
      } catch (error) {
        reject(new Error(`expected HTTP of ${method}`, { cause: error }));
        socket.destroy();
        return;
      }
      if (!answer && !ended) return;
      socket.destroy();
      resolve({ answer, tookMs: performance.now() - startedMs });
    };
    socket.setTimeout(options.patienceMs, () => end(true));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      end(false);
    });
    // A server that refuses a large body may reset the connection behind its answer.
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
    const write = (at: number) => {
      const piece = pieces[at];
      if (socket.destroyed) return;
      if (piece) socket.write(piece, () => write(at + 1));
      else if (options.cutOff) socket.destroy();
    };
    socket.on('connect', () => write(0));
  });
}
