import { TillstreamError } from '../domain/kernel/errors.ts';
import type { CommandEngine, CommandResult } from '../engine/commands/command-engine.ts';
import { createSlidingTally } from '../lib/sliding-tally.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';

const MINUTE = { windowMs: 60_000, slots: 60, maxKeys: 1 };
/** Events by which a sale enters the system. */
const ORDERS: ReadonlySet<string> = new Set(['OrderPlaced']);
const ORDER = 'order';

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

  return {
    load: (decider, storeId, entityId) => commands.load(decider, storeId, entityId),
    async execute(decider, request) {
      const startedMs = performance.now();
      try {
        const result = await commands.execute(decider, request);
        measure(decider.category, result.repeated ? 'repeated' : 'done', startedMs);
        if (isNewOrder(result)) orders.add(ORDER, clock.now());
        return result;
      } catch (error) {
        const outcome = error instanceof TillstreamError ? error.kind : 'internal';
        measure(decider.category, outcome, startedMs);
        throw error;
      }
    },
  };
}

function isNewOrder({ repeated, events }: CommandResult<unknown>): boolean {
  return !repeated && events.some(({ type }) => ORDERS.has(type));
}
