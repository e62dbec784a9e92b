import type { SignedWebhook } from '../webhooks/signatures.ts';

/** `reversed`: those of one moment come in the reversed order. */
export type WebhookMode = 'never' | 'once' | 'twice' | 'reversed';

export interface WebhookSettings {
  readonly mode: WebhookMode;
  /** After the change; 0: at once. */
  readonly delayMs: number;
}

interface Outgoing {
  readonly url: string;
  readonly webhook: SignedWebhook;
}

/** Later sendings that wait; more are dropped. */
const MAX_WAITING = 10_000;

/** Posts the webhooks of a simulated provider, as often and as late as its settings say. */
export function createWebhookSender(initial: WebhookSettings) {
  let settings = initial;
  let waiting: Outgoing[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const statuses: number[] = [];
  const unfinished = new Set<Promise<void>>();

  async function post({ url, webhook: { query, headers, body } }: Outgoing): Promise<void> {
    const response = await fetch(`${url}${query}`, { method: 'POST', headers, body }).catch(
      () => undefined,
    );
    statuses.push(response?.status ?? 0);
  }

  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    const { mode } = settings;
    if (mode === 'never') return;
    for (const outgoing of mode === 'reversed' ? batch.reverse() : batch) {
      await post(outgoing);
      if (mode === 'twice') await post(outgoing);
    }
  }

  function begin(): void {
    const work = flush().finally(() => unfinished.delete(work));
    unfinished.add(work);
  }

  return {
    set(changes: Partial<WebhookSettings>): void {
      settings = { ...settings, ...changes };
    },
    /** Status of each posted webhook; 0: no answer. */
    statuses: () => [...statuses],
    send(outgoing: Outgoing): void {
      if (waiting.length >= MAX_WAITING) return;
      waiting.push(outgoing);
      const timer = setTimeout(() => {
        timers.delete(timer);
        begin();
      }, settings.delayMs);
      timers.add(timer);
    },
    /** Sends what waits, and resolves when all has been answered. */
    async finish(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      begin();
      await Promise.all(unfinished);
    },
  };
}
