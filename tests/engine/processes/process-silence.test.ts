import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { createMemoryReadStore } from '../../../src/adapters/memory/read-store.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { createProcessEngine } from '../../../src/engine/processes/process-engine.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { createQuickClock, eventually } from '../../support/projection-world.ts';
import { TOY_TYPES, toyEvent } from '../../support/toy-projections.ts';

const quiet = () => undefined;

describe('a process whose subscription has ended without a word', () => {
  // It stood still until its process ended, and so did every charge that it had to complete
  // (simulated seed 3000104).
  it('subscribes again once the log holds more than was delivered', async () => {
    const quick = createQuickClock();
    const clock = {
      ...quick,
      sleep: (_ms: number, signal?: AbortSignal) => quick.sleep(1, signal),
    };
    const log = createMemoryEventLog({ clock, ids: systemIds });
    let subscriptions = 0;
    const silentAtFirst: EventLog = {
      ...log,
      async *subscribe(options) {
        subscriptions += 1;
        if (subscriptions > 1) {
          yield* log.subscribe(options);
          return;
        }
        await new Promise<void>((resolve) => {
          options.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      },
    };
    const none = () => Promise.reject(new Error('no command'));
    const warnings: string[] = [];
    const met: string[] = [];
    const engine = createProcessEngine({
      commands: { execute: none, load: none },
      clock,
      log: silentAtFirst,
      store: createMemoryReadStore(),
      types: TOY_TYPES,
      ids: systemIds,
      logger: { debug: quiet, info: quiet, warn: (_, text) => warnings.push(text), error: quiet },
      calendar: { businessDay: () => '2030-01-01' },
      dueInstances: () => Promise.resolve([]),
      processes: [
        {
          name: 'counter',
          categories: ['order'],
          eventTypes: ['LineAdded'],
          react: async ({ stream }) => {
            met.push(stream);
          },
        },
      ],
    });
    engine.start();
    const streams = [streamName('order', 's1', '1'), streamName('order', 's1', '2')] as const;
    await log.append(streams[0], 'no-stream', [toyEvent('s1', 'LineAdded')]);
    await eventually(() => met.length > 0);
    await log.append(streams[1], 'no-stream', [toyEvent('s1', 'LineAdded')]);
    await eventually(() => subscriptions > 1);
    await engine.stop();
    expect(met).toEqual(streams);
    expect(subscriptions).toBe(2);
    expect(warnings).toContain('subscription of a process stalled; resubscribing');
  });
});
