import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The treatment of the bytes of one direction. */
export type Fault =
  | { readonly type: 'pass' }
  | { readonly type: 'delay'; readonly ms: number }
  | { readonly type: 'throttle'; readonly bytesPerSecond: number }
  /** Nothing passes, without an error; data that was sent meanwhile arrives when it ends. */
  | { readonly type: 'black-hole' }
  /** Resets the connection after so many more bytes, once; then all passes again. */
  | { readonly type: 'cut'; readonly afterBytes: number };

/** From the client to the server, and back. */
export type Way = 'up' | 'down';

export interface FaultProxy {
  readonly port: number;
  /** A direction that is not given passes everything. */
  set(faults: Readonly<Partial<Record<Way, Fault>>>): void;
  /** Breaks every connection with a reset; what is held in a black hole is lost. */
  reset(): void;
  /** Half-closes the server side of every connection. */
  halfClose(): void;
  /** Refuses new connections until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Number of open connections. */
  readonly connections: number;
  /** Number of completed `cut`s. */
  readonly cuts: number;
  stop(): Promise<void>;
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
}

const PASS: Fault = { type: 'pass' };

/** Closes by a reset; a socket that is closing already cannot be reset and would never close. */
function destroy(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** A TCP proxy on loopback that simulates network faults. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const faults: Record<Way, Fault> = { up: PASS, down: PASS };
  const connections = new Set<Connection>();
  const held = new Set<() => void>();
  const options = { allowHalfOpen: true };
  let listener: Server | undefined;
  let port = 0;
  let cuts = 0;

  function release(): void {
    for (const go of [...held]) go();
    held.clear();
  }

  function reset(connection: Connection): void {
    connections.delete(connection);
    destroy(connection.client);
    destroy(connection.server);
    release();
  }

  /** The part of a chunk that may pass now; undefined when the connection was cut. */
  async function pass(chunk: Buffer, way: Way, connection: Connection) {
    while (faults[way].type === 'black-hole' && connections.has(connection)) {
      await new Promise<void>((go) => held.add(go));
    }
    const fault = faults[way];
    if (fault.type === 'delay') await delay(fault.ms);
    if (fault.type === 'throttle') await delay((chunk.length / fault.bytesPerSecond) * 1_000);
    if (fault.type !== 'cut') return chunk;
    const afterBytes = fault.afterBytes - chunk.length;
    faults[way] = afterBytes < 0 ? PASS : { type: 'cut', afterBytes };
    if (afterBytes >= 0) return chunk;
    cuts += 1;
    return undefined;
  }

  async function pump(way: Way, connection: Connection): Promise<void> {
    const { client, server } = connection;
    const [from, to] = way === 'up' ? [client, server] : [server, client];
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const passed = await pass(chunk, way, connection);
        if (!passed || !connections.has(connection)) {
          reset(connection);
          return;
        }
        if (to.writable && !to.write(passed)) await once(to, 'drain');
      }
      to.end();
    } catch {
      reset(connection);
    }
  }

  function take(client: Socket): void {
    const server = connect({ port: targetPort, host: '127.0.0.1', ...options });
    const connection = { client, server };
    connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => reset(connection));
      socket.on('close', () => connections.delete(connection));
    }
    void pump('up', connection);
    void pump('down', connection);
  }

  async function accept(): Promise<void> {
    if (listener) return;
    listener = createServer(options, take);
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
    port = address.port;
  }

  async function refuse(): Promise<void> {
    const closing = listener;
    listener = undefined;
    if (!closing) return;
    // Its end waits for the connections, which stay open.
    closing.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  const resetAll = () => {
    for (const connection of [...connections]) reset(connection);
  };

  await accept();
  return {
    port,
    set({ up = PASS, down = PASS }) {
      faults.up = up;
      faults.down = down;
      release();
    },
    reset: resetAll,
    halfClose() {
      for (const { client } of connections) client.end();
    },
    refuse,
    accept,
    get connections() {
      return connections.size;
    },
    get cuts() {
      return cuts;
    },
    async stop() {
      await refuse();
      resetAll();
    },
  };
}
