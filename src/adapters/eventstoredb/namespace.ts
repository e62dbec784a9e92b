import type { EventMetadata, RecordedEvent } from '../../domain/kernel/event.ts';
import { storeOf } from '../../domain/kernel/names.ts';
import type { Position } from '../../domain/kernel/position.ts';
import { type ClientEvent, LINK_TYPE, META_STREAM, type StoredMetadata } from './recorded.ts';
import type { ServerReads } from './server-reads.ts';

/** The namespace of a log unless another one is configured. */
export const DEFAULT_NAMESPACE = 'tillstream';

/** Without a dash, at which the server splits its categories, and without a dot, the separator. */
const NAMESPACE = /^[a-z][a-z0-9]{0,31}$/;
/** Prefix of the system streams of the server. */
const SYSTEM_PREFIX = '$';
/** A stream of a log without prefix. The name of no other namespace has a dash before its dot. */
const UNPREFIXED = /^[^$.-][^.-]*-[a-z0-9]{1,32}(\.|$)/;

/**
 * - `own`: an event of this log, readable or not.
 * - `adapter`: the stream with the name of this log.
 * - `server`: a system stream of the server.
 * - `foreign`: of another application, or of another namespace.
 */
export type Origin = 'own' | 'adapter' | 'server' | 'foreign';

/** Which streams of the server are those of this log, and their names here. */
export interface Namespace {
  /** Begins the server's name of each stream; empty for a log from before there were namespaces. */
  readonly prefix: string;
  readonly originOf: (event: ClientEvent) => Origin;
  /** An event whose stored form is not that of this log gets a reason and substitute metadata. */
  readonly toRecorded: (event: ClientEvent, position: Position) => RecordedEvent;
}

/**
 * With a prefix, the name of a stream decides whose it is. Without one, the form of the name and
 * the metadata do: then an event of another application in a stream of this log is foreign where
 * the whole log is read, and unreadable where that stream is.
 */
export function namespaceOf(prefix: string): Namespace {
  return {
    prefix,
    originOf({ streamId, metadata }) {
      if (streamId.startsWith(SYSTEM_PREFIX)) return 'server';
      if (streamId === prefix + META_STREAM) return 'adapter';
      if (prefix !== '') return streamId.startsWith(prefix) ? 'own' : 'foreign';
      return UNPREFIXED.test(streamId) && claimsToBeOwn(metadata) ? 'own' : 'foreign';
    },
    toRecorded(event, position) {
      const stream = event.streamId.slice(prefix.length);
      const place = { stream, revision: Number(event.revision), position };
      const unreadable = unreadableReason(event);
      if (unreadable !== undefined) {
        const { id, type, isJson, created } = event;
        const data = isJson ? event.data : Buffer.from(event.data).toString('base64');
        const metadata = substituteMetadata(stream, id);
        return {
          id,
          type,
          data,
          metadata,
          ...place,
          recordedAt: created.toISOString(),
          unreadable,
        };
      }
      const { recordedAt, ...metadata } = event.metadata as unknown as StoredMetadata;
      return {
        id: event.id,
        type: event.type,
        data: event.data,
        metadata,
        ...place,
        recordedAt: recordedAt ?? event.created.toISOString(),
      };
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields that together are in the metadata of no other application. */
function claimsToBeOwn(metadata: unknown): metadata is Fields {
  if (!isObject(metadata)) return false;
  const { storeId, commandId, schemaVersion } = metadata;
  return storeId !== undefined && commandId !== undefined && schemaVersion !== undefined;
}

function isMetadata(value: unknown): value is EventMetadata {
  if (!isObject(value)) return false;
  const { storeId, commandId, correlationId, causationId, fields, actor, schemaVersion } = value;
  return (
    typeof storeId === 'string' &&
    typeof commandId === 'string' &&
    typeof correlationId === 'string' &&
    typeof causationId === 'string' &&
    typeof schemaVersion === 'number' &&
    isObject(fields) &&
    isObject(actor) &&
    typeof actor['id'] === 'string'
  );
}

/** What was expected of an event that cannot be read. */
function unreadableReason({ type, isJson, metadata }: ClientEvent): string | undefined {
  if (type === LINK_TYPE) return 'an event of Tillstream and not a link';
  if (!isJson) return 'an event with JSON data';
  if (!isMetadata(metadata)) return 'an event with the metadata of Tillstream';
  return undefined;
}

function substituteMetadata(stream: string, id: string): EventMetadata {
  return {
    storeId: storeOf(stream),
    commandId: id,
    fields: {},
    correlationId: id,
    causationId: id,
    actor: { kind: 'system', id: 'unknown' },
    schemaVersion: 0,
  };
}

/** The namespace of a log. Throws while the server cannot be read; found once, then kept. */
export type FindNamespace = () => Promise<Namespace>;

/**
 * A log with a name in the configured namespace has its prefix. The default namespace adopts a log
 * from before there were namespaces: one with a name and no prefix. Also where that name was
 * deleted, because its events would otherwise be those of another application.
 */
export function createNamespaceFinder(server: ServerReads, configured: string): FindNamespace {
  if (!NAMESPACE.test(configured)) {
    throw new Error(
      `expected a namespace of 1 to 32 letters a to z and digits, found "${configured}"`,
    );
  }
  const prefix = `${configured}.`;
  let finding: Promise<Namespace> | undefined;

  async function hasName(stream: string): Promise<boolean> {
    const [first] = await server.stream(stream, { limit: 1 });
    return claimsToBeOwn(first?.event?.metadata);
  }

  async function wasDeleted(stream: string): Promise<boolean> {
    const newest = { direction: 'backwards', limit: 1 } as const;
    return (await server.stream(`$$${stream}`, newest)).length > 0;
  }

  async function find(): Promise<Namespace> {
    if (configured !== DEFAULT_NAMESPACE || (await hasName(prefix + META_STREAM))) {
      return namespaceOf(prefix);
    }
    const isOld = (await hasName(META_STREAM)) || (await wasDeleted(META_STREAM));
    return namespaceOf(isOld ? '' : prefix);
  }

  return () => {
    finding ??= find().catch((error: unknown) => {
      finding = undefined;
      throw error;
    });
    return finding;
  };
}
