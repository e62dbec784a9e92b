import type { SimReply } from './server.ts';

/** The first reply to each idempotency key, and the body that came with it. */
export function createReplies() {
  const known = new Map<string, { readonly body: string; readonly reply: SimReply }>();
  return {
    /** `other body`: the key belongs to another request. Only successes are kept. */
    once(key: string, body: unknown, carryOut: () => SimReply): SimReply | 'other body' {
      const text = JSON.stringify(body);
      const found = known.get(key);
      if (found) return found.body === text ? found.reply : 'other body';
      const reply = carryOut();
      if (reply.status < 300) known.set(key, { body: text, reply });
      return reply;
    },
    find: (key: string) => known.get(key)?.reply,
  };
}

export type Replies = ReturnType<typeof createReplies>;
