import type { AlertRuleName } from '../../domain/alerts/index.ts';
import { SYSTEM_STORE } from '../../domain/kernel/names.ts';
import type { Failure } from '../../engine/failure-watch.ts';
import type { Observation, ObservedLag } from '../observation/observation.ts';

/** A measured value that a rule judges. */
export interface Condition {
  readonly rule: AlertRuleName;
  /** The shop whose alert it is, or SYSTEM_STORE. */
  readonly storeId: string;
  readonly subject: string;
  /** Undefined: unknown at the moment, which neither raises nor resolves an alert. */
  readonly value: number | undefined;
  /** What was found, in words; only for operators of the alert's shop. */
  readonly detail: string;
}

export interface ConditionsContext {
  /** Name of this instance, for conditions that only it has. */
  readonly instance: string;
  /** Whether this instance also judges what all instances see. */
  readonly judgesShared: boolean;
  /** Engine events at the observation before. */
  readonly engineEventsBefore: ReadonlyMap<string, number> | undefined;
  readonly shops: readonly string[];
}

/** Rules whose conditions are only listed while there is something to count. */
export const ABSENT_IS_ZERO: ReadonlySet<AlertRuleName> = new Set(['denied-requests']);

const MIB = 1_048_576;
const PERCENT = 100;

/** What there is to judge in an observation. */
export function conditionsOf(
  observation: Observation,
  context: ConditionsContext,
): readonly Condition[] {
  const own = [
    ...ofInstance(observation, context),
    ...ofProcesses(observation),
    ...ofDenials(observation, context),
    ...ofGaps(observation, context),
    ...ofBreakers(observation, context),
  ];
  return context.judgesShared ? [...own, ...ofProjections(observation)] : own;
}

type Measured = Pick<Condition, 'rule' | 'subject' | 'value' | 'detail'>;
const ofSystem = (measured: Measured): Condition => ({ storeId: SYSTEM_STORE, ...measured });

function ofInstance(observation: Observation, { instance }: ConditionsContext): Condition[] {
  const { appendFailure, disk, startsLastHour, heap, dependencies } = observation;
  const inUse = disk && PERCENT * (1 - disk.freeBytes / Math.max(1, disk.totalBytes));
  return [
    ofSystem({
      rule: 'log-append-failing',
      subject: instance,
      value: appendFailure ? 1 : 0,
      detail: reasonOf(appendFailure),
    }),
    ofSystem({
      rule: 'disk-low',
      subject: instance,
      value: inUse,
      detail: disk ? `${Math.floor(disk.freeBytes / MIB)} MiB are free` : '',
    }),
    ofSystem({
      rule: 'many-restarts',
      subject: instance,
      value: startsLastHour,
      detail: `${startsLastHour ?? 0} starts within an hour`,
    }),
    ofSystem({
      rule: 'heap-growing',
      subject: instance,
      value: heap && heap.growthBytesPerHour / MIB,
      detail: `${Math.floor((heap?.usedBytes ?? 0) / MIB)} MiB in use after a collection`,
    }),
    ...dependencies.map(({ name, ok, reason }) =>
      ofSystem({
        rule: 'dependency-down',
        subject: `${name}@${instance}`,
        value: ok ? 0 : 1,
        detail: reason,
      }),
    ),
  ];
}

function ofProjections({ projections }: Observation): Condition[] {
  return projections.flatMap(({ name: subject, state, blocked, failing, lag }) => [
    ofSystem({
      rule: 'projection-blocked',
      subject,
      value: state === 'blocked' ? 1 : 0,
      detail: blocked ? `at event ${blocked.eventId}` : '',
    }),
    ofSystem({
      rule: 'projection-failing',
      subject,
      value: failing || state === 'unassigned' ? 1 : 0,
      detail: state === 'unassigned' ? 'no instance updates it' : reasonOf(failing),
    }),
    // A paused read model lags on purpose.
    ...lagOf('projection-lag', subject, state === 'paused' ? NO_LAG : lag),
  ]);
}

/** A process runs in one instance at a time; only that one knows how it does. */
function ofProcesses({ processes }: Observation): Condition[] {
  return processes.flatMap(({ name: subject, failing, stuck, lag }) => [
    ofSystem({
      rule: 'process-stuck',
      subject,
      value: failing ? 1 : 0,
      detail: stuck ? `at event ${stuck.eventId}` : reasonOf(failing),
    }),
    ...lagOf('process-lag', subject, lag),
  ]);
}

const NO_LAG: ObservedLag = { events: 0, seconds: 0 };

function lagOf(
  rule: 'projection-lag' | 'process-lag',
  subject: string,
  lag: ObservedLag | undefined,
): Condition[] {
  const detail = `${lag?.events ?? 0} events behind`;
  return [ofSystem({ rule, subject, value: lag?.seconds, detail })];
}

/** Requests without a valid key belong to no shop; they are counted under SYSTEM_STORE. */
function ofDenials({ denials }: Observation, { shops, instance }: ConditionsContext): Condition[] {
  const known = new Set([SYSTEM_STORE, ...shops]);
  return [...denials]
    .filter(([storeId]) => known.has(storeId))
    .map(([storeId, value]) => ({
      rule: 'denied-requests',
      storeId,
      subject: instance,
      value,
      detail: `${value} requests were denied within five minutes`,
    }));
}

/** Gaps that this instance found since its observation before. */
function ofGaps(
  { engineEvents }: Observation,
  { engineEventsBefore, instance }: ConditionsContext,
): Condition[] {
  const count = (events: ReadonlyMap<string, number> | undefined) => events?.get('GapFound') ?? 0;
  const found = Math.max(0, count(engineEvents) - count(engineEventsBefore));
  const healed = engineEvents.get('GapHealed') ?? 0;
  const detail = `${count(engineEvents)} found and ${healed} repaired since the start`;
  return [ofSystem({ rule: 'projection-gap', subject: instance, value: found, detail })];
}

/** Calls of a shop to a provider that are held back. Closed breakers resolve older alerts. */
function ofBreakers({ breakers = [] }: Observation, { shops, instance }: ConditionsContext) {
  return breakers
    .filter(({ storeId }) => shops.includes(storeId))
    .map((breaker): Condition => {
      const { storeId, provider, state, failureCount, requestCount } = breaker;
      const detail = `${state}: ${failureCount} of ${requestCount} calls failed`;
      const value = state === 'CLOSED' ? 0 : 1;
      return {
        ...{ rule: 'circuit-breaker-open', storeId, subject: `${provider}@${instance}` },
        ...{ value, detail },
      };
    });
}

const reasonOf = (failure: Failure | undefined) => failure?.reason ?? '';
