import { createMemoryEventLog } from '../../../src/adapters/memory/event-log.ts';
import { systemIds } from '../../../src/adapters/system/ids.ts';
import { createAlertWatch } from '../../../src/app/alerts/alert-watch.ts';
import type { Observation } from '../../../src/app/observation/observation.ts';
import { ALERT_RULES } from '../../../src/domain/alerts/index.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { createCommandEngine } from '../../../src/engine/commands/command-engine.ts';
import { alerts } from '../../../src/features/alerts.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { NO_METRICS } from '../../../src/ports/metrics.ts';
import { someStore } from '../../api/support/api-world.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const healthy: Observation = {
  atMs: 0,
  projections: [
    {
      name: 'orders',
      state: 'live',
      blocked: undefined,
      failing: undefined,
      building: false,
      lag: { events: 0, seconds: 0 },
    },
  ],
  processes: [],
  dependencies: [],
  engineEvents: new Map(),
  denials: new Map(),
  appendFailure: undefined,
  disk: { freeBytes: 90, totalBytes: 100 },
  startsLastHour: 1,
  heap: undefined,
};
const blocked: Observation = {
  ...healthy,
  projections: healthy.projections.map((projection) => ({
    ...projection,
    state: 'blocked',
    blocked: { eventId: 'e1', reason: 'poison' },
  })),
};
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const refusing = (count: number): Observation => ({ ...healthy, denials: new Map([['a', count]]) });

function world() {
  const clock = createFakeClock();
  const log = createMemoryEventLog({ clock, ids: systemIds });
  let down = false;
  let shown: readonly unknown[] | undefined;
  const commands = createCommandEngine({
    log: Object.assign(Object.create(log) as typeof log, {
      append: (...args: Parameters<typeof log.append>) =>
        down
          ? Promise.resolve({
              outcome: 'failed' as const,
              reason: 'too-large' as const,
              retryable: false,
              error: new Error('full'),
            })
          : log.append(...args),
    }),
    clock,
    ids: systemIds,
    types: eventTypesOf([alerts]),
  });
  const watchOf = (instance: string) =>
    createAlertWatch({
      rules: ALERT_RULES,
      commands,
      readStore: {
        forStore: (storeId) => ({
          get: async () => undefined,
          find: async () => (storeId === 'a' ? (shown ?? []) : []) as never,
        }),
      },
      projections: {
        serving: (name) => (shown && name === 'deliveries' ? 'deliveries' : undefined),
      },
      shops: () => [someStore('a')],
      clock,
      ids: systemIds,
      logger: SILENT,
      metrics: NO_METRICS,
      instance,
      judgesShared: () => true,
      stopping: new AbortController().signal,
    });
  const recorded = async () => {
    const page = await log.readAll({ after: START });
    return page.events.map(({ stream, type }) => `${stream} ${type}`);
  };
  return {
    ...{ watchOf, recorded },
    setDown: (value: boolean) => (down = value),
    shopsShow: (found: readonly unknown[] | undefined) => (shown = found),
  };
}
const repeat = async (times: number, observe: () => Promise<void>) => {
  for (let i = 0; i < times; i++) await observe();
};
const stream = 'alert-system.projection-blocked%3Aorders';

describe('The watch of alerts', () => {
  it('raises one alert for a condition that lasts, and resolves it once', async () => {
    const { watchOf, recorded } = world();
    const watch = watchOf('one');
    await repeat(20, () => watch.observed(blocked));
    await repeat(20, () => watch.observed(healthy));

    expect(await recorded()).toEqual([`${stream} AlertRaised`, `${stream} AlertResolved`]);
  });

  it('raises one alert when several instances observe the same', async () => {
    const { watchOf, recorded } = world();
    const watches = [watchOf('one'), watchOf('two')];
    await repeat(5, async () => {
      await Promise.all(watches.map((watch) => watch.observed(blocked)));
    });

    expect(await recorded()).toEqual([`${stream} AlertRaised`]);
  });

  it('raises none for what is unknown', async () => {
    const { watchOf, recorded } = world();
    const watch = watchOf('one');
    const unknown = healthy.projections.map((projection) => ({ ...projection, lag: undefined }));
    await repeat(50, () =>
      watch.observed({ ...healthy, projections: unknown, disk: undefined, heap: undefined }),
    );

    expect(await recorded()).toEqual([]);
  });

  it('records later what the log did not store, also what has ended meanwhile', async () => {
    const { watchOf, recorded, setDown } = world();
    const watch = watchOf('one');
    setDown(true);
    await repeat(3, () => watch.observed(blocked));
    await repeat(3, () => watch.observed(healthy));
    setDown(false);
    await repeat(20, () => watch.observed(healthy));

    expect(await recorded()).toEqual([`${stream} AlertRaised`, `${stream} AlertResolved`]);
  });

  it('keeps denied requests of a shop in the streams of that shop', async () => {
    const { watchOf, recorded } = world();
    const watch = watchOf('one');
    await repeat(3, () => watch.observed(refusing(150)));
    await repeat(50, () => watch.observed(refusing(60)));
    await repeat(50, () => watch.observed(healthy));

    expect(await recorded()).toEqual([
      'alert-a.denied-requests%3Aone AlertRaised',
      'alert-a.denied-requests%3Aone AlertResolved',
    ]);
  });

  it('resolves what the read models show no more, but not what they do not show now', async () => {
    const { watchOf, recorded, shopsShow } = world();
    const watch = watchOf('one');
    const parked = [{ body: { state: 'parked' } }];
    shopsShow(parked);
    await repeat(6, () => watch.observed(healthy));
    shopsShow(undefined);
    await repeat(20, () => watch.observed(healthy));
    const raised = await recorded();
    shopsShow([]);
    await repeat(20, () => watch.observed(healthy));

    const name = 'alert-a.deliveries-parked%3Adeliveries';
    expect(raised).toEqual([`${name} AlertRaised`]);
    expect(await recorded()).toEqual([`${name} AlertRaised`, `${name} AlertResolved`]);
  });
});
