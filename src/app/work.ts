import type { EventTypes } from '../domain/kernel/event-types.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { DeliveryReport, DeliveryWorker } from '../engine/deliveries/delivery-worker.ts';
import { createLeaseScheduler } from '../engine/leases/lease-scheduler.ts';
import type { WorkUnit } from '../engine/leases/work-unit.ts';
import { createProcessEngine, type ProcessEngine } from '../engine/processes/process-engine.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import {
  createProjectionEngine,
  type ProjectionEngine,
} from '../engine/projections/projection-engine.ts';
import { createSharedProjections } from '../engine/projections/shared/shared-projections.ts';
import type { DeliveryChannel } from '../ports/delivery-channel.ts';
import type { ConnectedPayments } from '../ports/payment-provider.ts';
import type { ProviderConnections } from '../ports/provider-client.ts';
import { createDeliveries } from './deliveries.ts';
import { createDueInstances } from './due-instances.ts';
import type { AppOptions, Ports } from './options.ts';

export interface WorkOptions extends AppOptions {
  readonly types: EventTypes;
  readonly commands: CommandEngine;
  readonly connections: ProviderConnections;
  readonly connectedPayments: ConnectedPayments;
  readonly processStore: NonNullable<Ports['processStore']>;
  /** Ways of the system itself by which messages leave it, beside those to people. */
  readonly moreChannels: readonly DeliveryChannel[];
  /** Further work that one instance at a time does where instances share the storage. */
  readonly units: readonly WorkUnit[];
}

/** The work beside the requests: read models and processes. */
export interface Work {
  readonly projections: ProjectionEngine;
  readonly processes: Pick<ProcessEngine, 'report'>;
  /** The deliveries; undefined while another instance sends them. */
  readonly deliveries: () => DeliveryReport | undefined;
  /** Names of the work units that run in this instance under a lease. */
  readonly held: () => readonly string[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** All of the work, or, where instances share the storage, the units whose leases it holds. */
export function createWork(options: WorkOptions): Work {
  return options.sharing ? sharedWork(options, options.sharing) : localWork(options);
}

function projectionOptions({ ports, features, types, projectionLimits }: WorkOptions) {
  const { log, readStore, clock, ids, logger } = ports;
  return {
    log,
    store: readStore,
    types,
    clock,
    ids,
    logger,
    projections: features.flatMap((feature) => feature.projections),
    ...(projectionLimits && { limits: projectionLimits }),
  };
}

function processOptions(options: WorkOptions, projections: ProjectionEngine) {
  const { ports, types, commands, connections, connectedPayments, processStore } = options;
  const { log, clock, ids, logger, calendar, paymentProvider } = ports;
  const dueInstances = createDueInstances(options, projections);
  const services = { commands, clock, ids, logger, calendar, paymentProvider, connections };
  return { ...services, connectedPayments, dueInstances, log, store: processStore, types };
}

function localWork(options: WorkOptions): Work {
  const projections = options.projections ?? createProjectionEngine(projectionOptions(options));
  const processes = createProcessEngine({
    ...processOptions(options, projections),
    processes: options.features.flatMap((feature) => feature.processes),
  });
  const deliveries = createDeliveries({ ...options, projections, alone: true });
  return {
    projections,
    processes,
    deliveries: () => deliveries.report(),
    held: () => [],
    async start() {
      await projections.start();
      processes.start();
      deliveries.start();
    },
    async stop() {
      await Promise.all([deliveries.stop(), processes.stop(), projections.stop()]);
    },
  };
}

function sharedWork(options: WorkOptions, sharing: NonNullable<AppOptions['sharing']>): Work {
  const { leases, holder, leaseMs, role } = sharing;
  const { clock, ids, logger } = options.ports;
  const projections = createSharedProjections({ ...projectionOptions(options), leases });
  const shared = processOptions(options, projections);
  const engines = new Map<string, ProcessEngine>();

  const unitOf = (process: ProcessManager): WorkUnit => ({
    name: `process-${process.name}`,
    async begin(lease) {
      const engine = createProcessEngine({
        ...shared,
        processes: [process],
        lease,
      });
      engine.start();
      engines.set(process.name, engine);
      return {
        async end() {
          if (engines.get(process.name) === engine) engines.delete(process.name);
          await engine.stop();
        },
      };
    },
  });

  let deliveries: DeliveryWorker | undefined;
  const sending: WorkUnit = {
    name: 'deliveries',
    async begin(lease) {
      const worker = createDeliveries({ ...options, projections, lease, alone: false });
      worker.start();
      deliveries = worker;
      return {
        async end() {
          if (deliveries === worker) deliveries = undefined;
          await worker.stop();
        },
      };
    },
  };

  const processes = options.features.flatMap((feature) => feature.processes);
  const work = [...projections.units, ...processes.map(unitOf), sending, ...options.units];
  const units = role === 'api' ? [] : work;
  const scheduler = createLeaseScheduler({
    leases,
    clock,
    ids,
    logger,
    holder,
    ttlMs: leaseMs,
    units,
  });
  return {
    projections,
    processes: { report: () => [...engines.values()].flatMap((engine) => engine.report()) },
    deliveries: () => deliveries?.report(),
    held: () => scheduler.held(),
    async start() {
      await projections.start();
      scheduler.start();
    },
    async stop() {
      await scheduler.stop();
      await projections.stop();
    },
  };
}
