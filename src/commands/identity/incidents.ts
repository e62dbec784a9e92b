import type { IncidentEvent } from '../../domain/identity/incidents/events.ts';
import { incidentDecider } from '../../domain/identity/index.ts';
import type { Actor, CallerOrigin } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { networkOf } from '../../lib/network.ts';
import type { Logger } from '../../ports/logger.ts';
import type { IdentityOptions } from './options.ts';

/** Repeats of the same thing within this time are one event. */
const WINDOW_MS = 60_000;
const FLUSH_EVERY_MS = 5_000;
/** Different things by known callers of one shop in a window; further ones count as one. */
const MAX_OF_SHOP = 100;
/** The same by callers that failed to sign in: they must not hide what known ones do. */
const MAX_UNKNOWN_OF_SHOP = 50;
/** The same of all shops, by known and by unknown callers. */
const MAX_OPEN = 2_000;
const OTHERS: Actor = { kind: 'system', id: 'others' };

type WithoutCount<Event> = Event extends { type: infer Type; data: infer Data }
  ? { readonly type: Type; readonly data: Omit<Data, 'incidentId' | 'count'> }
  : never;

/** What happened, before repeats are counted. */
export interface Incident {
  readonly storeId: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** From where; absent where several callers count as one. */
  readonly origin?: CallerOrigin | undefined;
  readonly event: WithoutCount<IncidentEvent>;
}

/** How many may be open, and of whom. */
interface Budget {
  readonly shop: string;
  readonly all: string;
  readonly max: number;
}

interface OpenIncident extends Incident {
  readonly incidentId: string;
  readonly budget: Budget;
  readonly sinceMs: number;
  /** Not in an event yet. */
  repeats: number;
}

/**
 * The security record of the log: denials and failed sign-ins. The first of a kind is stored before
 * `record` resolves, its repeats together at the end of their minute, so that a flood cannot fill
 * the log.
 */
export interface Incidents {
  /** Never throws: a log that stores nothing must not change the response. */
  record(incident: Incident): Promise<void>;
  /**
   * Does not wait. For what must take the same time whether the incident is the first of its kind
   * or not: a wait would show whether a user exists.
   */
  note(incident: Incident): void;
  /** Stores repeats as their minutes end, until the signal. */
  run(stopping: AbortSignal): Promise<void>;
}

type Options = Pick<IdentityOptions, 'commands' | 'clock' | 'ids' | 'calendar'> & {
  readonly logger: Logger;
};

export function createIncidents(options: Options): Incidents {
  const { clock, ids, logger } = options;
  const store = createIncidentStore(options);
  const open = new Map<string, OpenIncident>();
  /** Open incidents by budget. */
  const counts = createCounts();
  /** At most one per open incident. */
  const unfinished = new Set<Promise<void>>();

  async function append(incident: OpenIncident, count: number, part: string): Promise<void> {
    try {
      await store(incident, count, part);
    } catch (error) {
      const fields = { store: incident.storeId, type: incident.event.type, error: String(error) };
      logger.error(fields, 'a security incident could not be recorded');
    }
  }

  /** With too many different ones at a time, they all count as one caller. */
  function bounded(incident: Incident, { shop, all, max }: Budget): Incident {
    const isFull = counts.of(shop) >= max || counts.of(all) >= MAX_OPEN;
    if (!isFull || open.has(nameOf(incident))) return incident;
    return { ...incident, actor: OTHERS, origin: undefined };
  }

  async function close(name: string, incident: OpenIncident): Promise<void> {
    open.delete(name);
    counts.add(incident.budget, -1);
    if (incident.repeats > 0) await append(incident, incident.repeats, 'repeats');
  }

  async function flush(isDue: (incident: OpenIncident) => boolean): Promise<void> {
    for (const [name, incident] of [...open]) if (isDue(incident)) await close(name, incident);
  }

  async function record(given: Incident): Promise<void> {
    const budget = budgetOf(given);
    const incident = bounded(given, budget);
    const name = nameOf(incident);
    const known = open.get(name);
    if (known) {
      known.repeats += 1;
      return;
    }
    const incidentId = ids.uuid();
    const opened = { ...incident, incidentId, budget, sinceMs: clock.now(), repeats: 0 };
    open.set(name, opened);
    counts.add(budget, 1);
    await append(opened, 1, 'first');
  }

  return {
    record,
    note(incident) {
      const noted = record(incident).finally(() => unfinished.delete(noted));
      unfinished.add(noted);
    },
    async run(stopping) {
      while (!stopping.aborted) {
        await clock.sleep(FLUSH_EVERY_MS, stopping);
        const nowMs = clock.now();
        await flush(({ sinceMs }) => nowMs - sinceMs >= WINDOW_MS || nowMs < sinceMs);
      }
      await Promise.all(unfinished);
      await flush(() => true);
    },
  };
}

/** The same thing by the same caller from the same network. */
function nameOf({ storeId, actor, origin, event }: Incident): string {
  const network = origin?.address && networkOf(origin.address);
  return JSON.stringify([storeId, actor.kind, actor.id, network, event.type, event.data]);
}

/** Until it has signed in, a caller can be anyone, whatever user it names. */
function budgetOf({ storeId, actor, event }: Incident): Budget {
  const isUnknown = event.type === 'SignInFailed' && actor.kind !== 'device';
  return isUnknown
    ? { shop: `${storeId} unknown`, all: ' unknown', max: MAX_UNKNOWN_OF_SHOP }
    : { shop: storeId, all: ' known', max: MAX_OF_SHOP };
}

/** At most two counts for each shop with open incidents. */
function createCounts() {
  const counts = new Map<string, number>();
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    of,
    add({ shop, all }: Budget, change: 1 | -1): void {
      for (const name of [shop, all]) {
        const count = of(name) + change;
        if (count > 0) counts.set(name, count);
        else counts.delete(name);
      }
    },
  };
}

/** Appends an incident with the number of requests that it stands for. */
function createIncidentStore({ commands, clock, calendar }: Options) {
  return async (incident: OpenIncident, count: number, part: string): Promise<void> => {
    const { storeId, actor, correlationId, origin, incidentId, event } = incident;
    const nowMs = clock.now();
    const data = { ...event.data, incidentId, count };
    await commands.execute(incidentDecider, {
      command: {
        type: 'RecordIncident',
        data: { event: { type: event.type, data } as IncidentEvent },
      },
      context: {
        storeId,
        entityId: incidentId,
        commandId: `${incidentId}:${part}`,
        now: formatInstant(nowMs),
        businessDay: calendar.businessDay(storeId, nowMs),
      },
      actor,
      correlationId,
      causationId: correlationId,
      origin,
      ...(part === 'first' && { creates: true }),
    });
  };
}
