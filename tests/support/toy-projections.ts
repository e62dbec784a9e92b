import type { NewEvent, RecordedEvent } from '../../src/domain/kernel/event.ts';
import { type EventType, eventTypes } from '../../src/domain/kernel/event-types.ts';
import { shortHash } from '../../src/domain/kernel/fingerprint.ts';
import { type Category, documentKey, partsOf, streamName } from '../../src/domain/kernel/names.ts';
import type { FeedLane, Projection } from '../../src/engine/projections/folding/projection.ts';

/** The data of toy events. `poison` names the projections that cannot fold the event. */
export interface Line {
  readonly day: string;
  readonly amount: number;
  readonly poison?: readonly string[];
}

export type ToyType = 'LineAdded' | 'LineRemoved' | 'TabClosed';

const toyType = (type: string, version = 1): EventType => ({
  type,
  version,
  schema: {},
  ...(version > 1 && { upcasters: { 1: upcastLine } }),
});

/** Version 1 of LineRemoved had `minus`; version 2 has `amount`. */
function upcastLine(data: never): unknown {
  const { minus, ...rest } = data as { minus: number };
  return { ...rest, amount: minus };
}

export const TOY_TYPES = eventTypes([
  toyType('LineAdded'),
  toyType('LineRemoved', 2),
  toyType('TabClosed'),
]);

/** One document per stream. `chain` depends on the events and their order. */
export interface Tab {
  readonly lines: number;
  readonly sum: number;
  readonly chain: string;
}

/** One document per shop and day, from all of its tabs; deleted while it has no lines. */
export interface Total extends Tab {
  readonly day: string;
}

export interface Toys {
  readonly tabs: Projection<Tab>;
  readonly totals: Projection<Total>;
  readonly accounts: Projection<Tab>;
  readonly all: readonly Projection[];
  /** Ids of events whose poison is cured, as if the code had been fixed. */
  readonly cured: Set<string>;
}

/**
 * Read models of every kind: one stream per document, many streams per document, and one of
 * another category. Documents are also deleted and recreated. Each has a chain of hashes, which
 * shows events that are applied twice, skipped or out of order.
 */
export function createToys({ version = 1 }: { version?: number } = {}): Toys {
  const cured = new Set<string>();

  function base(name: string, categories: readonly Category[], feed: FeedLane) {
    return {
      name,
      version,
      collection: `toy-${name}`,
      indexes: [{ name: 'by_sum', fields: ['sum'] }],
      categories,
      feed,
    };
  }

  function tripOver(name: string, { id, data }: RecordedEvent): void {
    if (cured.has(id)) return;
    if ((data as Line).poison?.includes(name)) throw new Error(`${name} cannot fold ${id}`);
  }

  function next(name: string, tab: Tab | undefined, event: RecordedEvent): Tab {
    tripOver(name, event);
    const { amount } = event.data as Line;
    const sign = event.type === 'LineRemoved' ? -1 : 1;
    return {
      lines: (tab?.lines ?? 0) + sign,
      sum: (tab?.sum ?? 0) + sign * amount,
      chain: shortHash(`${version}${tab?.chain ?? ''}${event.id}`),
    };
  }

  function perStream(name: string, category: Category, feed: FeedLane): Projection<Tab> {
    return {
      ...base(name, [category], feed),
      keys: ({ stream }) => {
        const { storeId, parts } = partsOf(stream);
        return [documentKey(storeId, ...parts)];
      },
      evolve(tab, event) {
        // As in real folds: a tab whose first event was never seen cannot be folded.
        if (event.revision > 0 && event.type === 'LineRemoved' && !tab) {
          throw new Error(`expected a tab before revision ${event.revision}`);
        }
        return event.type === 'TabClosed' ? undefined : next(name, tab, event);
      },
      streamOf: (key) => {
        const { storeId, parts } = partsOf(key);
        return streamName(category, storeId, ...parts);
      },
    };
  }

  const totals: Projection<Total> = {
    ...base('totals', ['order', 'account'], 'integrations'),
    keys: (event) =>
      event.type === 'TabClosed'
        ? []
        : [documentKey(event.metadata.storeId, (event.data as Line).day)],
    evolve(total, event) {
      const grown = next('totals', total, event);
      if (grown.lines === 0) return undefined;
      return { ...grown, day: (event.data as Line).day };
    },
  };
  const tabs = perStream('tabs', 'order', 'sales');
  const accounts = perStream('accounts', 'account', 'money');
  return { tabs, totals, accounts, all: [tabs, totals, accounts] as Projection[], cured };
}

let drawn = 0;

export function toyEvent(
  storeId: string,
  type: ToyType | (string & {}),
  data: Partial<Line> = {},
  schemaVersion = type === 'LineRemoved' ? 2 : 1,
): NewEvent {
  drawn += 1;
  const id = `event-${drawn}`;
  return {
    id,
    type,
    data: { day: 'd1', amount: 1, ...data },
    metadata: {
      storeId,
      commandId: id,
      fields: {},
      correlationId: id,
      causationId: id,
      actor: { kind: 'key', id: 'till-1' },
      schemaVersion,
    },
  };
}
