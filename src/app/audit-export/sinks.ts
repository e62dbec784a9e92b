import {
  type AuditContent,
  type DeliveryCommand,
  deliveryDecider,
} from '../../domain/deliveries/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { comparePositions, parsePosition, START } from '../../domain/kernel/position.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { AuditEndpoint, AuditFiles, AuditLine } from '../../ports/audit-sinks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeliveryChannel } from '../../ports/delivery-channel.ts';
import type { Digest } from '../../ports/digest.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { AuditSink, ExportStep } from './export.ts';
import { AUDIT_DELIVERY, type ExportedRecords } from './records.ts';

const ID_LENGTH = 26;
const PAGE = 500;
/** Batches in progress at one time; those of one shop go one after the other. */
const MAX_BATCHES = 4;

export interface EndpointSinkOptions {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** Each step is a delivery, which derives from its shop and its beginning. */
export function endpointSink(options: EndpointSinkOptions): AuditSink {
  const { commands, clock, digest } = options;
  const idOf = ({ storeId, after }: Pick<ExportStep, 'storeId' | 'after'>) =>
    `${AUDIT_DELIVERY}${digest.sha256(`${storeId}\n${after}`).slice(0, ID_LENGTH)}`;

  async function request(step: ExportStep): Promise<void> {
    const { storeId, after, upTo } = step;
    const now = formatInstant(clock.now());
    const entityId = idOf(step);
    const command: DeliveryCommand = {
      type: 'RequestDelivery',
      data: {
        ...{ channel: 'audit', priority: 'LOW', queue: 'audit-export', topic: 'audit' },
        ...{ orderKey: 'audit', recipient: 'audit-endpoint', content: { after, upTo } },
      },
    };
    await commands.execute(deliveryDecider, {
      command,
      context: { storeId, entityId, commandId: entityId, now, businessDay: now.slice(0, 10) },
      actor: { kind: 'process', id: 'audit-export' },
      correlationId: entityId,
      causationId: entityId,
    });
  }

  return {
    name: 'audit-endpoint',
    async takenUpTo(step) {
      const { state } = await commands.load(deliveryDecider, step.storeId, idOf(step));
      if (state.status === 'none') return undefined;
      return (state.personal.content as AuditContent).upTo;
    },
    async take(steps) {
      for (const step of steps) await request(step);
    },
  };
}

/** Sends the records of a delivery, made from the log. */
export function auditChannel(
  endpoint: AuditEndpoint,
  log: EventLog,
  records: ExportedRecords,
): DeliveryChannel {
  return {
    name: 'audit',
    maxConcurrent: MAX_BATCHES,
    async send({ content, key, reference, storeId, signal }) {
      const events = await eventsOf(log, content as AuditContent);
      const exported = events.filter(
        (event) => event.metadata.storeId === storeId && records.isExported(event),
      );
      const lines = await records.linesOf(storeId, exported);
      const text = lines.map((line) => `${line.text}\n`).join('');
      return endpoint.send({ key, reference, storeId, lines: text, signal });
    },
  };
}

async function eventsOf(log: EventLog, { after, upTo }: AuditContent): Promise<RecordedEvent[]> {
  const last = parsePosition(upTo) ?? START;
  const events: RecordedEvent[] = [];
  let position = parsePosition(after) ?? START;
  for (;;) {
    const page = await log.readAll({ after: position, limit: PAGE });
    const within = page.events.filter((event) => comparePositions(event.position, last) <= 0);
    events.push(...within);
    const end = page.events.at(-1);
    if (!end || within.length < page.events.length) return events;
    if (comparePositions(end.position, last) >= 0) return events;
    position = end.position;
  }
}

/** The files hold no line twice, so a step that comes again changes nothing. */
export function fileSink(files: AuditFiles, records: ExportedRecords): AuditSink {
  return {
    name: 'audit-files',
    takenUpTo: () => Promise.resolve(undefined),
    async take(steps) {
      const lines: AuditLine[] = [];
      for (const { storeId, events } of steps) {
        lines.push(...(await records.linesOf(storeId, events)));
      }
      await files.append(lines.sort((a, b) => comparePositions(placeOf(a), placeOf(b))));
    },
  };
}

function placeOf({ position }: AuditLine) {
  return parsePosition(position) ?? START;
}
