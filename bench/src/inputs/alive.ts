import { EVENTS_PER_ORDER } from './events.ts';
import { createRandom } from './random.ts';

/** Streams that grow at the same time, so that the events of one are spread over the log. */
export const ALIVE_ORDERS = 1_000;

/** The order number and the revision of each event of a log, in log order; streams end whole. */
export function* eventsInLogOrder(
  events: number,
  perOrder = EVENTS_PER_ORDER,
): Generator<{ readonly order: number; readonly revision: number }> {
  const random = createRandom(events);
  const orders = Math.floor(events / perOrder);
  const alive: { order: number; revision: number }[] = [];
  let opened = 0;
  while (opened < Math.min(ALIVE_ORDERS, orders)) alive.push({ order: opened++, revision: 0 });
  while (alive.length > 0) {
    const at = Math.floor(random() * alive.length);
    const next = alive[at];
    if (!next) return;
    yield { order: next.order, revision: next.revision };
    next.revision += 1;
    if (next.revision < perOrder) continue;
    if (opened < orders) alive[at] = { order: opened++, revision: 0 };
    else {
      const last = alive.pop();
      if (last && at < alive.length) alive[at] = last;
    }
  }
}
