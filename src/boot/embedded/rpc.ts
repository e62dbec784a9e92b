import {
  ConflictError,
  type ErrorCode,
  type ErrorDetails,
  ERRORS,
  InvariantError,
  NotFoundError,
  TillstreamError,
  UpstreamError,
} from '../../domain/kernel/errors.ts';
import type { Channel } from '../../ports/channel.ts';

type Handler = (...args: never[]) => unknown;

interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Failure {
  readonly message: string;
  readonly code: ErrorCode | undefined;
  readonly details: ErrorDetails;
}

type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: Failure };

/** Calls both ways over one channel. */
export interface Rpc {
  handle(method: string, handler: Handler): void;
  /** @throws the error of the other side, with its code; UpstreamError when the side is gone. */
  call<T>(method: string, ...args: readonly unknown[]): Promise<T>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function createRpc(channel: Channel): Rpc {
  const handlers = new Map<string, Handler>();
  const pending = new Map<number, Pending>();
  let calls = 0;
  let closed = false;

  async function answer({ id, method, args }: Call): Promise<void> {
    let reply: Reply;
    try {
      const handler = handlers.get(method);
      if (!handler) throw new InvariantError('a method that is handled', { method });
      reply = { kind: 'result', id, value: await handler(...(args as never[])) };
    } catch (error) {
      reply = { kind: 'error', id, error: failureOf(error) };
    }
    if (closed) return;
    try {
      channel.post(reply);
    } catch (error) {
      // A result that cannot be copied to the other thread; its caller waits for a reply.
      channel.post({ kind: 'error', id, error: failureOf(error) } satisfies Reply);
    }
  }

  channel.onMessage((received) => {
    const message = received as Call | Reply;
    if (message.kind === 'call') {
      void answer(message);
      return;
    }
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === 'result') waiting?.resolve(message.value);
    else waiting?.reject(errorOf(message.error));
  });
  channel.onClosed(() => {
    closed = true;
    for (const { reject } of pending.values()) reject(gone());
    pending.clear();
  });

  return {
    handle(method, handler) {
      handlers.set(method, handler);
    },
    call<T>(method: string, ...args: readonly unknown[]) {
      if (closed) return Promise.reject<T>(gone());
      return new Promise<T>((resolve, reject) => {
        calls += 1;
        const id = calls;
        pending.set(id, { resolve: resolve as Pending['resolve'], reject });
        try {
          channel.post({ kind: 'call', id, method, args } satisfies Call);
        } catch (error) {
          // Arguments that cannot be copied to the other thread.
          pending.delete(id);
          throw error;
        }
      });
    },
  };
}

const gone = () => new UpstreamError('store_unavailable', 'the projections are not running');

function failureOf(error: unknown): Failure {
  if (error instanceof TillstreamError) {
    const { message, code, details } = error;
    return { message, code, details: copyable(details) };
  }
  return { message: String(error), code: undefined, details: {} };
}

/** Details that cannot be copied to the other thread are left out. */
function copyable(details: ErrorDetails): ErrorDetails {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}

function errorOf({ message, code, details }: Failure): Error {
  if (code === undefined) return new Error(message);
  const { kind } = ERRORS[code];
  if (kind === 'unknown') return new NotFoundError(code, message, details);
  if (kind === 'conflict') return new ConflictError(code, message, details);
  return new TillstreamError(code, message, details);
}
