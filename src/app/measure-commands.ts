import { TillstreamError } from '../domain/kernel/errors.ts';
import type { CommandEngine, CommandResult } from '../engine/commands/command-engine.ts';
import { createSlidingTally } from '../lib/sliding-tally.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';

const MINUTE = { windowMs: 60_000, slots: 60, maxKeys: 1 };
const ORDER = 'order';
/** What counts as a business event, by the type of the event that records it. */
const BUSINESS_EVENTS: Readonly<Record<string, string>> = {
  OrderPlaced: 'order_processed',
  OrderCancelled: 'order_cancelled',
  OrderRefunded: 'order_refunded',
  PaymentSucceeded: 'payment_succeeded',
  PaymentFailed: 'payment_failed',
  PaymentRefunded: 'payment_refunded',
  StockReserved: 'stock_reserved',
  DrawerClosed: 'drawer_closed',
  DeliverySucceeded: 'delivery_succeeded',
  DeliveryParked: 'delivery_parked',
};

/** The same commands, measured by the category of their aggregate and by how they ended. */
export function measureCommands(
  commands: CommandEngine,
  metrics: Metrics,
  clock: Clock,
): CommandEngine {
  const orders = createSlidingTally(MINUTE);
  metrics.onScrape(() => {
    const placed = orders.counts(clock.now()).get(ORDER) ?? 0;
    metrics.set('orders_processed_per_minute', {}, placed);
  });

  function measure(category: string, outcome: string, startedMs: number): void {
    const seconds = (performance.now() - startedMs) / 1_000;
    metrics.observe('command_duration_seconds', { category, outcome }, seconds);
  }

  function count({ repeated, events }: CommandResult<unknown>): void {
    if (repeated) return;
    let isNewOrder = false;
    for (const { type } of events) {
      const event_type = BUSINESS_EVENTS[type];
      if (event_type === undefined) continue;
      metrics.increment('business_events_total', { event_type });
      isNewOrder ||= type === 'OrderPlaced';
    }
    if (isNewOrder) orders.add(ORDER, clock.now());
  }

  return {
    load: (decider, storeId, entityId) => commands.load(decider, storeId, entityId),
    async execute(decider, request) {
      const startedMs = performance.now();
      try {
        const result = await commands.execute(decider, request);
        measure(decider.category, result.repeated ? 'repeated' : 'done', startedMs);
        count(result);
        return result;
      } catch (error) {
        const outcome = error instanceof TillstreamError ? error.kind : 'internal';
        measure(decider.category, outcome, startedMs);
        throw error;
      }
    },
  };
}
