import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { HttpClient } from '../ports/http-client.ts';
import type { DocumentQueries, ReadStore } from '../ports/read-store.ts';
import type { Tracer } from '../ports/tracer.ts';
import type { Vault } from '../ports/vault.ts';
import type { Ports } from './options.ts';

/** The same ports with a span around each call; the given ones when nothing is traced. */
export function tracePorts<P extends Ports>(ports: P): P {
  const { tracer, log, readStore, vault, httpClient } = ports;
  if (!tracer) return ports;
  return {
    ...ports,
    log: traceLog(tracer, log),
    readStore: traceReadStore(tracer, readStore),
    vault: traceVault(tracer, vault),
    ...(httpClient && { httpClient: traceHttp(tracer, httpClient) }),
  };
}

/** The same object with other methods. Delegates by prototype: objects may be patched later. */
const over = <T extends object>(target: T, methods: Partial<T>): T =>
  Object.assign(Object.create(target) as T, methods);

const categoryOf = (stream: string) => stream.slice(0, stream.indexOf('-'));

function traceLog(tracer: Tracer, log: EventLog): EventLog {
  return over(log, {
    append(stream, expected, events) {
      const attributes = {
        category: categoryOf(stream),
        events: events.length,
        correlation_id: events[0]?.metadata.correlationId ?? '',
      };
      return tracer.span('log.append', attributes, () => log.append(stream, expected, events));
    },
    readStream: (stream, options) =>
      tracer.span('log.readStream', { category: categoryOf(stream) }, () =>
        log.readStream(stream, options),
      ),
    readAll: (options) => tracer.span('log.readAll', {}, () => log.readAll(options)),
  });
}

function traceReadStore(tracer: Tracer, store: ReadStore): ReadStore {
  const documents = ({ documents: writes = [] }: Parameters<ReadStore['commit']>[0]) =>
    writes.reduce((sum, collection) => sum + collection.writes.length, 0);
  return over(store, {
    commit: (commit) =>
      tracer.span('read-store.commit', { documents: documents(commit) }, () =>
        store.commit(commit),
      ),
    load: (collection, keys) =>
      tracer.span('read-store.load', { collection, keys: keys.length }, () =>
        store.load(collection, keys),
      ),
    forStore: (storeId) => traceDocuments(tracer, store.forStore(storeId)),
  });
}

type Documents = ReturnType<DocumentQueries['forStore']>;

function traceDocuments(tracer: Tracer, documents: Documents): Documents {
  return {
    get: (collection, key) =>
      tracer.span('read-store.get', { collection }, () => documents.get(collection, key)),
    find: (collection, query) =>
      tracer.span('read-store.find', { collection, limit: query.limit }, () =>
        documents.find(collection, query),
      ),
  };
}

/** Only the kind of a record: its id may name a person. */
function traceVault(tracer: Tracer, vault: Vault): Vault {
  return over(vault, {
    get: (key) => tracer.span('vault.get', { kind: key.kind }, () => vault.get(key)),
    put: (key, record, expected) =>
      tracer.span('vault.put', { kind: key.kind }, () => vault.put(key, record, expected)),
    remove: (key) => tracer.span('vault.remove', { kind: key.kind }, () => vault.remove(key)),
  });
}

function traceHttp(tracer: Tracer, client: HttpClient): HttpClient {
  return over(client, {
    send(request) {
      const { method, url } = request;
      const attributes = { method, host: URL.canParse(url) ? new URL(url).host : '' };
      return tracer.span('http.send', attributes, () => client.send(request));
    },
  });
}

/** The same commands with a span around each. */
export function traceCommands(tracer: Tracer | undefined, commands: CommandEngine): CommandEngine {
  if (!tracer) return commands;
  return over(commands, {
    execute(decider, request) {
      const { command, correlationId, actor } = request;
      const attributes = {
        category: decider.category,
        correlation_id: correlationId,
        actor: actor.kind,
      };
      return tracer.span(`command ${command.type}`, attributes, () =>
        commands.execute(decider, request),
      );
    },
  });
}
