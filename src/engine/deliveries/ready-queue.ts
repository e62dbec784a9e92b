/** From the most urgent to the least urgent. */
export const PRIORITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW'] as const;
export type Priority = (typeof PRIORITIES)[number];

/**
 * Of each eight turns, one is of LOW and one of NORMAL before the more urgent ones, so that neither
 * waits for ever behind them.
 */
const TURNS = 8;
const TURN_OF: Readonly<Record<number, readonly Priority[]>> = {
  3: ['NORMAL', 'CRITICAL', 'HIGH', 'LOW'],
  7: ['LOW', 'CRITICAL', 'HIGH', 'NORMAL'],
};

interface Item {
  readonly priority: Priority;
  readonly storeId: string;
}

/** What is due in one channel: by priority, and within a priority shop by shop in turn. */
export interface ReadyQueue<T extends Item> {
  push(item: T): void;
  /** Takes the next item for which `isReady` holds; the others before it are dropped. */
  take(isReady: (item: T) => boolean): T | undefined;
}

/** A first-in, first-out queue that does not move its items. */
interface Fifo<T> {
  items: T[];
  next: number;
}

export function createReadyQueue<T extends Item>(): ReadyQueue<T> {
  const shops = new Map<Priority, Map<string, Fifo<T>>>(
    PRIORITIES.map((priority) => [priority, new Map()]),
  );
  let turn = 0;

  function takeOf(priority: Priority, isReady: (item: T) => boolean): T | undefined {
    const queues = shops.get(priority) ?? new Map<string, Fifo<T>>();
    for (const [storeId, queue] of queues) {
      // The shop goes to the end of the round, or leaves it when nothing is left.
      queues.delete(storeId);
      const item = takeFrom(queue, isReady);
      if (queue.next < queue.items.length) queues.set(storeId, queue);
      if (item) return item;
    }
    return undefined;
  }

  return {
    push(item) {
      const queues = shops.get(item.priority);
      const queue = queues?.get(item.storeId);
      if (queue) queue.items.push(item);
      else queues?.set(item.storeId, { items: [item], next: 0 });
    },
    take(isReady) {
      const order = TURN_OF[turn % TURNS] ?? PRIORITIES;
      for (const priority of order) {
        const item = takeOf(priority, isReady);
        if (!item) continue;
        turn += 1;
        return item;
      }
      return undefined;
    },
  };
}

/** Items that were taken already are cut off at this number. */
const COMPACT_AT = 1_000;

function takeFrom<T>(queue: Fifo<T>, isReady: (item: T) => boolean): T | undefined {
  while (queue.next < queue.items.length) {
    const item = queue.items[queue.next];
    queue.next += 1;
    if (queue.next >= COMPACT_AT) {
      queue.items = queue.items.slice(queue.next);
      queue.next = 0;
    }
    if (item !== undefined && isReady(item)) return item;
  }
  return undefined;
}
