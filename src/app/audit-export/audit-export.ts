import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { WorkLease, WorkUnit } from '../../engine/leases/work-unit.ts';
import type { DeliveryChannel } from '../../ports/delivery-channel.ts';
import type { CheckpointStore } from '../../ports/read-store.ts';
import type { Ports } from '../options.ts';
import { type AuditSink, runAuditExport } from './export.ts';
import { createExportedRecords, type RecordsOptions } from './records.ts';
import { auditChannel, endpointSink, fileSink } from './sinks.ts';

export interface AuditExportParts extends RecordsOptions {
  readonly ports: Pick<
    Ports,
    'auditEndpoint' | 'auditFiles' | 'clock' | 'digest' | 'logger' | 'processStore' | 'readStore'
  >;
  readonly commands: CommandEngine;
  /** Whether other instances share the storage. */
  readonly isShared: boolean;
}

/** The audit records that leave the system, where a destination for them is configured. */
export interface AuditExport {
  readonly channels: readonly DeliveryChannel[];
  /** Exports where instances share the storage. */
  readonly unit: WorkUnit;
  /** Exports where they do not. Resolves when the signal aborts. */
  run(stopping: AbortSignal): Promise<unknown>;
}

export function createAuditExport(parts: AuditExportParts): AuditExport {
  const { ports, commands, isShared, log } = parts;
  const { auditEndpoint, auditFiles, clock, digest, logger } = ports;
  const records = createExportedRecords(parts);
  const store: CheckpointStore = ports.processStore ?? ports.readStore;
  const sinks: AuditSink[] = [
    ...(auditEndpoint ? [endpointSink({ commands, clock, digest })] : []),
    ...(auditFiles ? [fileSink(auditFiles, records)] : []),
  ];

  const runSinks = (stopping: AbortSignal, lease?: WorkLease) => {
    const common = { log, store, clock, logger, records, lease };
    return Promise.all(sinks.map((sink) => runAuditExport({ ...common, sink }, stopping)));
  };

  return {
    channels: auditEndpoint
      ? [auditChannel({ endpoint: auditEndpoint, log, records, digest })]
      : [],
    unit: {
      name: 'audit-export',
      async begin(lease) {
        const stopping = new AbortController();
        const running = runSinks(stopping.signal, lease);
        return {
          async end() {
            stopping.abort();
            await running;
          },
        };
      },
    },
    run: async (stopping) => (isShared ? undefined : runSinks(stopping)),
  };
}
