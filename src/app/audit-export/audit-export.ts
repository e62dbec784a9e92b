import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { createDuty, type Duty } from '../../engine/leases/duty.ts';
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
  readonly duty: Duty;
  /** Resolves when the signal aborts. */
  run(stopping: AbortSignal): Promise<unknown>;
}

export function createAuditExport(parts: AuditExportParts): AuditExport {
  const { ports, commands, isShared, log } = parts;
  const { auditEndpoint, auditFiles, clock, digest, logger } = ports;
  const records = createExportedRecords(parts);
  const duty = createDuty('audit-export');
  const store: CheckpointStore = ports.processStore ?? ports.readStore;
  const sinks: AuditSink[] = [
    ...(auditEndpoint ? [endpointSink({ commands, clock, digest })] : []),
    ...(auditFiles ? [fileSink(auditFiles, records)] : []),
  ];
  const isHeld = () => !isShared || duty.isHeld();
  return {
    channels: auditEndpoint ? [auditChannel(auditEndpoint, log, records)] : [],
    duty,
    run: (stopping) =>
      Promise.all(
        sinks.map((sink) =>
          runAuditExport({ log, store, clock, logger, records, sink, isHeld }, stopping),
        ),
      ),
  };
}
