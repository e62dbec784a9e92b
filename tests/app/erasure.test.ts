import { createMemoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../src/adapters/system/ids.ts';
import { erasureProcess } from '../../src/app/erasure.ts';
import { createProcessEngine } from '../../src/engine/processes/process-engine.ts';
import { eventTypesOf } from '../../src/features/event-types.ts';
import { features } from '../../src/features/index.ts';
import { createQuickClock, eventually } from '../support/projection-world.ts';

const clock = createQuickClock();
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const MESSAGES = 40;

describe('The erasure of many messages', () => {
  it('destroys the key of each, and overwrites the files once', async () => {
    const types = eventTypesOf(features);
    const log = createMemoryEventLog({ clock, ids: systemIds });
    for (let i = 0; i < MESSAGES; i++) {
      const data = { deliveryId: `d${i}`, reason: 'asked for' };
      const metadata = {
        ...{ correlationId: 'c', causationId: 'c', storeId: 's', commandId: `c${i}`, fields: {} },
        ...{ schemaVersion: 1, actor: { kind: 'process', id: 'test' } as const },
      };
      await log.append(`delivery-s.d${i}`, 'no-stream', [
        { id: systemIds.uuid(), type: 'DeliveryErased', data, metadata },
      ]);
    }
    const order: string[] = [];
    const process = erasureProcess(
      features,
      types,
      { complete: async (stream) => void order.push(stream) },
      async () => void order.push('overwritten'),
    );
    const none = () => Promise.reject(new Error('no command'));
    const engine = createProcessEngine({
      ...{ log, types, clock, logger, ids: systemIds, store: createMemoryReadStore() },
      commands: { execute: none, load: none },
      calendar: { businessDay: () => '2030-01-01' },
      dueInstances: () => Promise.resolve([]),
      processes: [process],
    });
    engine.start();
    await eventually(() => order.includes('overwritten'));
    await engine.stop();
    expect(order).toHaveLength(MESSAGES + 1);
    expect(order.at(-1)).toBe('overwritten');
  });
});
