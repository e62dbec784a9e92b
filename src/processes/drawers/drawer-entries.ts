import { DRAWER_SOURCE_EVENTS, recordInDrawer } from '../../commands/drawers/record-in-drawer.ts';
import type { AccountEvent } from '../../domain/accounts/index.ts';
import type { OrderEvent } from '../../domain/orders/index.ts';
import type { StatelessProcess } from '../../engine/processes/process-manager.ts';

/** Time in which the request that took the payment nearly always records it itself. */
const REQUEST_MS = 2_000;

/**
 * Records payments, refunds and payouts in the drawer session that they name, where the request
 * could not: it records the same command with the same id, so each is recorded once.
 */
export const drawerEntries: StatelessProcess = {
  name: 'drawer-entries',
  categories: ['order', 'account'],
  delayMs: REQUEST_MS,
  eventTypes: DRAWER_SOURCE_EVENTS,
  async react(recorded, services) {
    const { storeId, correlationId } = recorded.metadata;
    const event = recorded as unknown as { id: string } & (OrderEvent | AccountEvent);
    const { businessDay } = event.data;
    const recording = {
      ...services,
      context: { storeId, now: recorded.recordedAt, businessDay },
      envelope: { actor: { kind: 'process', id: 'drawer-entries' }, correlationId },
    } as const;
    await recordInDrawer(recording, event);
  },
};
