import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const LOCAL = '127.0.0.1';

interface Pipelined {
  readonly port: number;
  readonly sockets: number;
  /** Requests of each socket. */
  readonly each: number;
  /** One request as bytes. */
  readonly request: string;
  readonly holdMs: number;
  readonly signal: AbortSignal;
}

/** Sends many requests over each socket and never reads a byte of the responses. */
export async function pipelineUnread(options: Pipelined): Promise<string[]> {
  const { port, sockets, each, request, holdMs, signal } = options;
  const bytes = Buffer.from(request.repeat(each), 'latin1');
  let closed = 0;
  const open = Array.from({ length: sockets }, () => {
    const socket = connect({ port, host: LOCAL });
    // Before it is connected: Node would read ahead.
    socket.pause();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => closed++);
    socket.write(bytes);
    return socket;
  });
  await pause(holdMs, undefined, { signal }).catch(() => undefined);
  const labels = open.flatMap((socket) =>
    Array<string>(each).fill(socket.destroyed ? 'closed by server' : 'unread'),
  );
  await destroyAll(open);
  return labels;
}

interface Drip {
  readonly port: number;
  readonly connections: number;
  /** Head of each request. */
  readonly headOf: (number: number) => string;
  readonly body: Buffer;
  /** Bytes that are sent at once; the others follow one by one. */
  readonly atOnce: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Sends bodies that take for ever. @returns the status of each connection, when it got one. */
export async function dripBodies(options: Drip): Promise<string[]> {
  const { port, connections, headOf, body, atOnce, everyMs, signal } = options;
  const labels = Array<string>(connections).fill('unanswered');
  const open = labels.map((_, number) => {
    const socket = connect({ port, host: LOCAL });
    socket.write(headOf(number), 'latin1');
    socket.write(body.subarray(0, atOnce));
    socket.on('data', (chunk: Buffer) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1];
      if (status !== undefined) labels[number] = status;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (labels[number] === 'unanswered') labels[number] = error.code ?? 'error';
      socket.destroy();
    });
    socket.on('end', () => socket.destroy());
    return socket;
  });
  for (let sent = atOnce; sent < body.length && !signal.aborted; sent++) {
    const dripping = open.filter(({ destroyed }) => !destroyed);
    if (dripping.length === 0) break;
    for (const socket of dripping) socket.write(body.subarray(sent, sent + 1));
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
  await destroyAll(open);
  return labels;
}

async function destroyAll(sockets: readonly Socket[]): Promise<void> {
  const closing = sockets
    .filter(({ closed }) => !closed)
    .map(async (socket) => {
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
    });
  await Promise.allSettled(closing);
}
