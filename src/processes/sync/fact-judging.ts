import { judgeFact, judgeWaiting } from '../../commands/sync/judge-fact.ts';
import type { DrawerOpened } from '../../domain/drawers/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { partsOf } from '../../domain/kernel/names.ts';
import type { OrderPlaced } from '../../domain/orders/index.ts';
import {
  type FactEvent,
  isFinal,
  type KeptFact,
  type SegmentEvent,
} from '../../domain/sync/index.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';

/** Time in which the request that brought the facts nearly always judges them itself. */
const REQUEST_MS = 2_000;

type Cause = FactEvent | SegmentEvent | OrderPlaced | DrawerOpened;
type Kept = Extract<Cause, { type: 'FactsKept' | 'FactForked' | 'FactReceived' }>;

/** The facts that an event keeps. */
export function keptIn(event: RecordedEvent & Kept): readonly KeptFact[] {
  const { data } = event;
  switch (event.type) {
    case 'FactsKept': {
      const { deviceId, epoch, keptAt, facts } = event.data;
      return facts.map(({ isChainBroken, ...sent }) => ({
        ...{ deviceId, epoch, keptAt, ...sent },
        ...omitUndefined({ isChainBroken }),
      }));
    }
    case 'FactForked': {
      const { firstId: _i, firstHash: _h, field: _f, ...kept } = event.data;
      return [{ ...kept, isFork: true }];
    }
    case 'FactReceived':
      return [{ ...(data as KeptFact), id: partsOf(event.stream).parts[0] ?? '' }];
  }
}

/** What an event may be the cause for that facts wait for. */
function causeOf(event: RecordedEvent & Cause): string | undefined {
  switch (event.type) {
    case 'OrderPlaced':
      return `order:${event.data.orderId}`;
    case 'DrawerOpened':
      return `drawer:${event.data.drawerId}`;
    case 'FactJudged':
      return isFinal(event.data) ? `fact:${partsOf(event.stream).parts[0] ?? ''}` : undefined;
    default:
      return undefined;
  }
}

/**
 * Judges the facts that were kept and whose request could not do it, and those that waited for
 * what has come now (S1, S6).
 */
export const factJudging: StatelessProcess = {
  name: 'fact-judging',
  categories: ['syncsegment', 'fact', 'order', 'drawer'],
  delayMs: REQUEST_MS,
  eventTypes: [
    ...(['FactsKept', 'FactForked', 'FactReceived'] as const),
    ...(['FactJudged', 'OrderPlaced', 'DrawerOpened'] as const),
  ],
  async react(recorded, services) {
    const { storeId } = recorded.metadata;
    const event = recorded as unknown as RecordedEvent & Cause;
    const cause = causeOf(event);
    if (cause !== undefined) return judgeWaiting(services, storeId, cause);
    if (!isKept(event)) return;
    for (const kept of keptIn(event)) await judgeFact(services, storeId, kept);
  },
};

const isKept = (event: RecordedEvent & Cause): event is RecordedEvent & Kept =>
  ['FactsKept', 'FactForked', 'FactReceived'].includes(event.type);
