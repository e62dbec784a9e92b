import { formatInstant } from '../../domain/kernel/instant.ts';
import type { Logger } from '../../ports/logger.ts';
import type { IdentityOptions } from './options.ts';

const KIND = 'last-use';
/** Uses of the last minute are lost with a crash: an event or write for each would cost more. */
const FLUSH_EVERY_MS = 60_000;
/** Keys and devices used in a minute; the uses of further ones are not stored. */
const MAX_PENDING = 10_000;

/** A key or device. */
export interface Used {
  readonly storeId: string;
  readonly id: string;
}

interface Use extends Used {
  readonly atMs: number;
}

/** When keys and devices were used last, to the minute. */
export interface LastUse {
  /** Costs no more than a look-up. */
  touch(used: Used): void;
  /** ISO 8601; undefined when it was never used. */
  find(used: Used): Promise<string | undefined>;
  forget(used: Used): Promise<void>;
  /** Stores the times once a minute, until the signal. */
  run(stopping: AbortSignal): Promise<void>;
}

type Options = Pick<IdentityOptions, 'vault' | 'clock'> & { readonly logger: Logger };

export function createLastUse({ vault, clock, logger }: Options): LastUse {
  /** Not stored yet. */
  const pending = new Map<string, Use>();
  const nameOf = ({ storeId, id }: Used) => `${storeId}.${id}`;
  const keyOf = ({ storeId, id }: Used) => ({ storeId, kind: KIND, id });

  async function store(use: Use): Promise<void> {
    const before = await vault.get(keyOf(use));
    const at = formatInstant(use.atMs);
    // Another instance may have seen a later use.
    if (before && before.value >= at) return;
    await vault.put(keyOf(use), { value: at }, before?.revision ?? 0);
  }

  async function flush(): Promise<void> {
    for (const [name, use] of [...pending]) {
      try {
        await store(use);
      } catch (error) {
        logger.warn({ error: String(error) }, 'the last use of keys could not be stored');
        return;
      }
      if (pending.get(name) === use) pending.delete(name);
    }
  }

  return {
    touch(used) {
      const name = nameOf(used);
      if (pending.size >= MAX_PENDING && !pending.has(name)) return;
      pending.set(name, { ...used, atMs: clock.now() });
    },
    async find(used) {
      const use = pending.get(nameOf(used));
      const stored = (await vault.get(keyOf(used)))?.value;
      const here = use && formatInstant(use.atMs);
      return here !== undefined && (stored === undefined || here > stored) ? here : stored;
    },
    async forget(used) {
      pending.delete(nameOf(used));
      await vault.remove(keyOf(used));
    },
    async run(stopping) {
      while (!stopping.aborted) {
        await clock.sleep(FLUSH_EVERY_MS, stopping);
        await flush();
      }
    },
  };
}
