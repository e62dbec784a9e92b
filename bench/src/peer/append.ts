import { join } from 'node:path';

import { decideEvent } from '../inputs/events.ts';
import { stepsOf } from '../inputs/lanes.ts';
import { metadataOf, sampleFields } from '../inputs/metadata.ts';
import { closedLoop, type AppendParameters } from '../harness/closed-loop.ts';
import type { Running } from '../harness/task.ts';
import { openEmmett } from './emmett.ts';

/**
 * The peer's `appendToStream` at an expected version that its caller knows. Its transactions are
 * several awaited statements on one connection and would interleave, so the commands in flight
 * wait for one another.
 */
export async function setup({ folder, inFlight, roundMs }: AppendParameters): Promise<Running> {
  const { connection, store } = await openEmmett(join(folder, 'peer.db'));
  const lanes = Array.from({ length: inFlight }, (_, i) => stepsOf(`peer-${i}`));
  let turn: Promise<unknown> = Promise.resolve();

  async function send(lane: number): Promise<void> {
    const step = lanes[lane]?.next().value;
    if (!step) return;
    const { orderId, stream, revision, command } = step;
    const event = decideEvent(orderId, command);
    const metadata = metadataOf(sampleFields(command));
    const mine = turn.then(() =>
      store.appendToStream(stream, [{ ...event, metadata }], {
        expectedStreamVersion: BigInt(revision),
      }),
    );
    turn = mine.catch(() => undefined);
    await mine;
  }

  return {
    round: () => closedLoop(inFlight, roundMs, send),
    close: async () => {
      connection.close();
    },
  };
}
