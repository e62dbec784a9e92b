import { streamName } from '../../../src/domain/kernel/names.ts';
import { commandOf, EVENTS_PER_ORDER, STORE_ID, type BenchCommand } from './events.ts';
import { entityIdOf } from './random.ts';

/** The next command of a lane: one order after the other, event by event. */
export interface Step {
  readonly orderId: string;
  readonly stream: string;
  readonly revision: number;
  readonly command: BenchCommand;
}

/** Orders that grow side by side; each of the commands in flight belongs to another one. */
export function createLanes(count: number): () => Step[] {
  let opened = 0;
  const openOrder = () => {
    const order = opened++;
    const orderId = entityIdOf('append', order);
    return { order, orderId, stream: streamName('order', STORE_ID, orderId), revision: 0 };
  };
  const lanes = Array.from({ length: count }, openOrder);
  return () =>
    lanes.map((lane, i) => {
      const { order, orderId, stream, revision } = lane;
      lane.revision += 1;
      if (lane.revision === EVENTS_PER_ORDER) lanes[i] = openOrder();
      return { orderId, stream, revision, command: commandOf(order, revision) };
    });
}

/** The steps of one lane of its own. `prefix` keeps its orders apart from those of other lanes. */
export function* stepsOf(prefix: string): Generator<Step, never> {
  for (let order = 0; ; order++) {
    const orderId = entityIdOf(prefix, order);
    const stream = streamName('order', STORE_ID, orderId);
    for (let revision = 0; revision < EVENTS_PER_ORDER; revision++) {
      yield { orderId, stream, revision, command: commandOf(order, revision) };
    }
  }
}
