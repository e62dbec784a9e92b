import { ALERT_RULES } from '../../domain/alerts/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { NO_HOST } from '../../ports/host.ts';
import { NO_METRICS } from '../../ports/metrics.ts';
import { createAlertWatch } from '../alerts/alert-watch.ts';
import { measureQueues, measureWork } from '../measure-work.ts';
import type { AppOptions } from '../options.ts';
import type { Work } from '../work.ts';
import { measureObservation } from './measure-observation.ts';
import type { ObserveOptions } from './observe.ts';
import { createObserver, type Observer } from './observer.ts';

export interface WatchInstanceOptions extends Pick<
  ObserveOptions,
  'log' | 'dependencies' | 'denials' | 'appendFailure' | 'breakers'
> {
  readonly app: AppOptions;
  readonly work: Work;
  readonly commands: CommandEngine;
  /** Whether this instance judges what all instances see. */
  readonly judgesShared: () => boolean;
  readonly stopping: AbortSignal;
}

/** Observes the instance for its metrics and its alerts. */
export function watchInstance(options: WatchInstanceOptions): Observer {
  const { app, work, ...rest } = options;
  const { readStore, clock, ids, logger, metrics = NO_METRICS, host = NO_HOST } = app.ports;
  const { projections, processes } = work;
  const observer = createObserver({ ...rest, projections, processes, host, clock, logger });
  measureWork(metrics, projections, processes, clock);
  measureQueues(metrics, work.deliveries, clock);
  measureObservation(metrics, () => observer.latest());
  if (!app.features.some(({ name }) => name === 'alerts')) return observer;
  const alerts = createAlertWatch({
    ...rest,
    rules: app.alertRules ?? ALERT_RULES,
    readStore,
    projections,
    shops: app.shops,
    clock,
    ids,
    logger,
    metrics,
    instance: host.instance,
  });
  observer.listen((observation) => alerts.observed(observation));
  return observer;
}
