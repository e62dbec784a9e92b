import { createLimiters } from '../api/pipeline/limiters.ts';
import type { AppServices } from '../api/services.ts';
import { createIdentity } from '../commands/identity/identity.ts';
import { createIncidents } from '../commands/identity/incidents.ts';
import { createShopSecrets as createDerivedSecrets } from '../commands/identity/shop-secrets.ts';
import { createConnections } from '../commands/integrations/connections.ts';
import { createRefreshAhead } from '../commands/integrations/refresh-ahead.ts';
import { createUsageMeter } from '../commands/integrations/usage-meter.ts';
import { createConnectedPayments } from '../commands/payments/connected-payments.ts';
import { createShopSecrets } from '../commands/shop-secret.ts';
import { createSubscriptionSecrets } from '../commands/webhook-subscriptions/subscription-secrets.ts';
import { invariant } from '../domain/kernel/invariant.ts';
import { categoryOf, isCategory, partsOf } from '../domain/kernel/names.ts';
import { createCommandEngine } from '../engine/commands/command-engine.ts';
import { createSnapshots } from '../engine/commands/snapshots.ts';
import { createStateCache } from '../engine/commands/state-cache.ts';
import { createDuty } from '../engine/leases/duty.ts';
import type { ProcessEngine } from '../engine/processes/process-engine.ts';
import { yieldTurn } from '../engine/yield-turn.ts';
import { auditPolicyOf } from '../features/audit-trail.ts';
import { describeEventsOf } from '../features/describe-event.ts';
import { eventTypesOf } from '../features/event-types.ts';
import { categoriesOf, defineFeature, type Feature } from '../features/feature.ts';
import { createFairTurns } from '../lib/fair-turns.ts';
import { createSlidingTally } from '../lib/sliding-tally.ts';
import { NO_METRICS } from '../ports/metrics.ts';
import { NO_PROVIDER_CLIENTS } from '../ports/provider-client.ts';
import { NO_GUARDS } from '../ports/provider-guard.ts';
import { NO_WEBHOOKS } from '../ports/webhook-sources.ts';
import { createAuditExport } from './audit-export/audit-export.ts';
import { createAuthorizations, createTokens } from './authorizations.ts';
import { booksChannel } from './books-channel.ts';
import { createEnabling } from './enabling.ts';
import { createErasure, erasureProcess } from './erasure.ts';
import { createIntegrationHealth } from './integration-health.ts';
import { measureCommands } from './measure-commands.ts';
import { messageErasure } from './message-erasure.ts';
import { createNotifications, notifyingProcesses } from './notifications.ts';
import { watchInstance } from './observation/watch-instance.ts';
import type { AppOptions } from './options.ts';
import { maintainKeys, openPersonalData } from './personal-data.ts';
import { takeCallOf } from './provider-limits.ts';
import { startReadCache } from './read-cache/start-read-cache.ts';
import { subscriptionChannel } from './subscription-channel.ts';
import { traceCommands, tracePorts } from './trace-ports.ts';
import { watchAppends } from './watch-appends.ts';
import { createWork } from './work.ts';

/** Months for which an event shows from where its request came. */
const DEFAULT_ORIGIN_MONTHS = 12;
/** Denied requests count for five minutes. */
const DENIALS = { windowMs: 300_000, slots: 30, maxKeys: 1_000 };

export interface App {
  readonly services: AppServices;
  readonly processes: Pick<ProcessEngine, 'report'>;
  /** Opens checkpoints, then starts projections and processes. */
  start(): Promise<void>;
  /** Accepts no more work, and finishes running work safely. The storage stays open. */
  stop(): Promise<void>;
}

/** Builds the running system from ports and features. It knows no adapter. */
export function createApp(given: AppOptions): App {
  const options = { ...given, ports: tracePorts(given.ports) };
  const { ports, features, shops, auditEveryMs, auditPercent = 100 } = options;
  const { readStore, snapshots, clock, ids, digest, calendar, logger } = ports;
  const { metrics = NO_METRICS } = ports;
  assertCategories(features);
  const types = eventTypesOf(features);
  const turns = createFairTurns(yieldTurn);
  const stopping = new AbortController();
  const { log: watched, failure: appendFailure } = watchAppends(ports, stopping.signal);
  const opened = openPersonalData({
    ...{ ports, types, shops, log: watched },
    originMonths: options.originMonths ?? DEFAULT_ORIGIN_MONTHS,
  });
  const { personalData, origins, masterKeys, log } = opened;
  const erasure = createErasure({
    keys: opened.keys,
    ports,
    forget: async (stream) => {
      const { storeId, parts } = partsOf(stream);
      if (categoryOf(stream) === 'user') await identity.forgetUser(storeId, parts[0] ?? '');
    },
    projections: () => work.projections,
  });
  const erasing = erasureProcess(features, types, erasure, ports.overwriteRemoved);
  const denials = createSlidingTally(DENIALS);
  const engine = createCommandEngine({
    log,
    clock,
    ids,
    types,
    snapshots: createSnapshots(
      snapshots,
      digest,
      logger,
      options.snapshotEveryEvents,
      personalData,
    ),
    cache: createStateCache({ maxStreams: options.cachedStreams, maxBytes: options.cachedBytes }),
    turns,
    personalData,
    origins,
  });
  const commands = measureCommands(traceCommands(ports.tracer, engine), metrics, clock);
  const alertDuty = createDuty('alerts');
  const refreshDuty = createDuty('token-refresh');
  const healthDuty = createDuty('integration-health');
  const notifications = createNotifications({ ...options, commands });
  const isPresent = (part: string) => features.some(({ name }) => name === part);
  const messages =
    isPresent('deliveries') && isPresent('notifications')
      ? [messageErasure({ readStore, projections: () => work.projections })]
      : [];
  const processes = [erasing, ...messages, ...notifyingProcesses(options, notifications)];
  const running = [...features, defineFeature({ name: 'app', processes })];
  const described = {
    describe: describeEventsOf(features),
    categories: categoriesOf(features),
  };
  const auditPolicy = auditPolicyOf(features);
  const auditExport = createAuditExport({
    ...{ ports, commands, log, types, turns, origins, policy: auditPolicy, ...described },
    severity: options.auditExportSeverity ?? 'LOW',
    isShared: options.sharing !== undefined,
  });
  const { providerClients = NO_PROVIDER_CLIENTS } = ports;
  const { providerGuards = NO_GUARDS } = ports;
  const limiters = createLimiters(ports.rateLimits, options.limiters);
  const granted = { app: options, commands, ...opened };
  const tokens = createTokens(granted);
  const usage = createUsageMeter({ commands, clock, calendar, ids, logger });
  const connections = createConnections({
    ...{ guards: providerGuards, clock, takeCall: takeCallOf(limiters) },
    ...{ commands, credentials: opened.credentials, providerClients, tokens, usage },
    publicUrl: options.publicUrl ?? '',
    webhookAddressOf: (...of) => ports.webhookSources?.addressOf(...of),
    currencyOf: (storeId) => shops().find(({ id }) => id === storeId)?.currency,
  });
  const shopSecrets = createDerivedSecrets({ ...ports, shops });
  const subscriptionSecrets = createSubscriptionSecrets((storeId, text) =>
    shopSecrets.derive(storeId, text),
  );
  const { signedWebhooks: sender } = ports;
  const work = createWork({
    ...options,
    connections,
    connectedPayments: createConnectedPayments({
      ...{ connections, digest, sources: opened.paymentSources },
    }),
    features: running,
    ports: { ...ports, log },
    types,
    commands,
    processStore: ports.processStore ?? readStore,
    moreChannels: [
      ...auditExport.channels,
      booksChannel({ commands, connections, digest, log, types }),
      ...(sender
        ? [subscriptionChannel({ commands, clock, secrets: subscriptionSecrets, sender })]
        : []),
    ],
    units: [
      ...[alertDuty.unit, auditExport.unit],
      ...(ports.oauth ? [refreshDuty.unit] : []),
      ...(isPresent('integrations') ? [healthDuty.unit] : []),
    ],
  });
  const { projections } = work;
  const readCache = startReadCache({ app: options, log, projections, stopping: stopping.signal });
  const dependencies = options.dependencies ?? [
    { name: 'event-log', kind: 'built in', needed: true, ping: () => log.ping() },
    { name: 'read-store', kind: 'built in', needed: true, ping: () => readStore.ping() },
  ];
  const observer = watchInstance({
    app: options,
    work,
    commands,
    log,
    dependencies,
    denials,
    appendFailure,
    breakers: () => providerGuards.report(),
    judgesShared: () => !options.sharing || alertDuty.isHeld(),
    stopping: stopping.signal,
  });
  const refreshAhead = createRefreshAhead({
    ...{ commands, tokens, clock, logger, storeIds: () => shops().map(({ id }) => id) },
    isOnDuty: () => !options.sharing || refreshDuty.isHeld(),
  });
  const health = createIntegrationHealth({
    ...{ ports: { ...ports, readStore }, commands, connections, projections, usage },
    storeIds: () => shops().map(({ id }) => id),
    isOnDuty: () => !options.sharing || healthDuty.isHeld(),
  });
  const incidents = createIncidents({ commands, clock, ids, calendar, logger });
  const identity = createIdentity({ ...ports, shops, commands, incidents });
  const enabling = createEnabling({
    ...{ log, ids, clock, logger },
    processes: running.flatMap((feature) => feature.processes),
    stopping: stopping.signal,
  });
  let started = false;
  let auditing: Promise<void> = Promise.resolve();
  let observing: Promise<unknown> = Promise.resolve();
  let maintaining: Promise<void> = Promise.resolve();

  async function runAudits(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(auditEveryMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await projections.audit({ heal: true, share: auditPercent / 100 });
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn(
          { error: String(error) },
          'audit of the read models failed; retrying at the next interval',
        );
      }
    }
  }

  return {
    services: {
      commands,
      identity,
      projections,
      log,
      types,
      turns,
      ...described,
      audit: auditPolicy,
      origins,
      readStore,
      readCache,
      clock,
      ids,
      digest,
      ...notifications,
      syncSecrets: createShopSecrets(ports, 'sync-cursor-secret'),
      phones: ports.phones,
      deliveryReportSecret: options.deliveryReportSecret ?? '',
      calendar,
      paymentNotices: ports.paymentNotices,
      webhookSources: ports.webhookSources ?? NO_WEBHOOKS,
      webhookBodies: opened.webhookBodies,
      credentials: opened.credentials,
      paymentSources: opened.paymentSources,
      connections,
      subscriptionSecrets,
      authorizations: createAuthorizations(granted),
      tokens,
      usage,
      providerPrices: options.providerPrices ?? {},
      providerClients,
      providerGuards,
      logger,
      metrics,
      tracer: ports.tracer,
      denials,
      shops,
      limiters,
      dependencies,
      role: options.sharing?.role ?? 'all',
      work: work.held,
      deliveries: work.deliveries,
      processes: work.processes,
      durableProcesses: running.flatMap(({ processes }) =>
        processes.flatMap((each) => ('durable' in each ? [each.durable] : [])),
      ),
      masterKeys,
      erasure,
      appendFailure,
      observed: () => observer.latest(),
      accepting: () => started && enabling.isDone() && !stopping.signal.aborted,
    },
    processes: work.processes,
    async start() {
      if (started) return;
      await masterKeys.open({ isShared: options.sharing !== undefined });
      await enabling.start();
      await work.start();
      maintaining = maintainKeys(opened, { shops, commands }, ports, stopping.signal);
      if (auditEveryMs > 0) auditing = runAudits();
      observing = Promise.all([
        observer.run(),
        incidents.run(stopping.signal),
        ports.oauth && refreshAhead.run(stopping.signal),
        isPresent('integrations') && usage.run(stopping.signal),
        isPresent('integrations') && health.run(stopping.signal),
        identity.lastUse.run(stopping.signal),
        auditExport.run(stopping.signal),
        readCache.run(),
      ]);
      started = true;
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await Promise.all([work.stop(), auditing, observing, maintaining]);
      await usage.close();
    },
  };
}

/** A category with a typing error would give a read model that never sees an event. */
function assertCategories(features: readonly Feature[]): void {
  const declared = new Set(categoriesOf(features));
  const used = features.flatMap(({ projections, processes }) =>
    [...projections, ...processes].flatMap(({ name, categories }) =>
      categories.map((category) => ({ name, category })),
    ),
  );
  for (const { name, category } of used) {
    invariant(declared.has(category), 'a category that a decider declares', { name, category });
  }
  for (const category of declared) invariant(isCategory(category), 'letters a to z', { category });
}
