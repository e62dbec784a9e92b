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
import type { DeliveryChannel, SendOutcome } from '../../ports/delivery-channel.ts';
import type { Digest } from '../../ports/digest.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { AuditSink, ExportStep } from './export.ts';
import { AUDIT_DELIVERY, type ExportedRecords } from './records.ts';

const ID_LENGTH = 26;
const PAGE = 500;
/** Batches in progress at one time; those of one shop go one after the other. */
const MAX_BATCHES = 4;
/** Records written to the files at once, of all shops. */
const MAX_FILE_RECORDS = 50;

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

export interface AuditChannelOptions {
  readonly endpoint: AuditEndpoint;
  readonly log: EventLog;
  readonly records: ExportedRecords;
  readonly digest: Pick<Digest, 'sha256'>;
}

/** Sends the records of a delivery, made from the log, in one post or several. */
export function auditChannel(options: AuditChannelOptions): DeliveryChannel {
  const { endpoint, log, records, digest } = options;

  /** After a restore of the log a delivery can come again with other records. */
  const keyOf = (key: string, lines: readonly AuditLine[]) =>
    digest.sha256([key, ...lines.map(({ eventId }) => eventId)].join('\n'));

  return {
    name: 'audit',
    maxConcurrent: MAX_BATCHES,
    async send({ content, key, reference, storeId, signal }) {
      const events = await eventsOf(log, content as AuditContent);
      const exported = events.filter(
        (event) => event.metadata.storeId === storeId && records.isExported(event),
      );
      let outcome: SendOutcome = { outcome: 'accepted' };
      for await (const slice of records.slicesOf(storeId, exported)) {
        const lines = slice.map(({ text }) => `${text}\n`).join('');
        const about = { key: keyOf(key, slice), reference, storeId };
        outcome = await endpoint.send({ ...about, lines, signal });
        if (outcome.outcome === 'failed') break;
      }
      return outcome;
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
      const events = steps.flatMap((step) => step.events).sort(byPosition);
      for (let from = 0; from < events.length; from += MAX_FILE_RECORDS) {
        await files.append(await linesOf(records, events.slice(from, from + MAX_FILE_RECORDS)));
      }
    },
  };
}

/** The records of events of several shops, in the order of the log. */
async function linesOf(
  records: ExportedRecords,
  events: readonly RecordedEvent[],
): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  for (const storeId of new Set(events.map(({ metadata }) => metadata.storeId))) {
    const ofShop = events.filter(({ metadata }) => metadata.storeId === storeId);
    for await (const slice of records.slicesOf(storeId, ofShop)) lines.push(...slice);
  }
  return lines.sort((a, b) => comparePositions(placeOf(a), placeOf(b)));
}

function byPosition(a: RecordedEvent, b: RecordedEvent): number {
  return comparePositions(a.position, b.position);
}

function placeOf({ position }: AuditLine) {
  return parsePosition(position) ?? START;
}
