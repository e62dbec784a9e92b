import { comparePositions, formatPosition, START } from '../../domain/kernel/position.ts';
import { collectionOf } from '../../engine/projections/folding/projection.ts';
import { lanesOf, ONLY_FEED } from '../../engine/projections/lanes.ts';
import { features } from '../../features/index.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Leases } from '../../ports/lease.ts';
import type { Checkpoint, ReadStore } from '../../ports/read-store.ts';
import type { Finding } from '../operations.ts';
import { ok, problem, warning } from './finding.ts';

const SKEW_MS = 60_000;
/** The clock of a working machine is never earlier. */
const OLDEST_MS = Date.UTC(2024, 0, 1);

/** Compares the clock with the newest event: time in the log never goes back. */
export async function examineClock(nowMs: number, log?: EventLog): Promise<Finding> {
  const check = 'clock';
  const now = new Date(nowMs).toISOString();
  const action = 'set the clock (NTP); see docs/operating/clock-wrong.md';
  if (nowMs < OLDEST_MS) return problem(check, `it shows ${now}`, action);
  const head = log && (await log.head());
  const newest = head && comparePositions(head, START) > 0 ? await log.readAt(head) : undefined;
  if (newest && Date.parse(newest.recordedAt) > nowMs + SKEW_MS) {
    const found = `it shows ${now}, the newest event was recorded at ${newest.recordedAt}`;
    return problem(check, found, action);
  }
  return ok(check, `${now}${newest ? `, newest event ${newest.recordedAt}` : ''}`);
}

/** Checks for read models that are blocked, of another version, or built from another log. */
export async function examineReadModels(log: EventLog, readStore: ReadStore): Promise<Finding[]> {
  const check = 'read models';
  const findings: Finding[] = [];
  const projections = features.flatMap((feature) => feature.projections);
  for (const projection of projections) {
    const { name, version } = projection;
    const status = await readStore.projectionStatus(name);
    if (status?.status === 'blocked') {
      const found = `${name} is blocked at event ${status.eventId}: ${status.reason}`;
      findings.push(problem(check, found, 'see docs/how-to/handle-a-blocked-projection.md'));
    }
    const live = await readStore.liveGeneration(name);
    if (!live) {
      const found = `${name} has not been built`;
      findings.push(warning('migrations', found, 'none: a start builds it from the log'));
      continue;
    }
    if (live.version !== version) {
      const found = `${name} serves version ${live.version}, this software has ${version}`;
      findings.push(
        warning('migrations', found, 'none: a start builds the new version in the background'),
      );
      continue;
    }
    const collection = collectionOf(projection, live.generation).name;
    findings.push(...(await examineCheckpoint(log, name, await readStore.checkpoint(collection))));
  }
  const feeds = [ONLY_FEED, ...lanesOf(projections).map(({ feed }) => feed)];
  for (const [feed, checkpoint] of await readStore.checkpoints(feeds)) {
    findings.push(...(await examineCheckpoint(log, feed, checkpoint)));
  }
  if (findings.length > 0) return findings;
  return [ok(check, `${projections.length}, none blocked, none ahead of the log`)];
}

async function examineCheckpoint(
  log: EventLog,
  name: string,
  checkpoint: Checkpoint | undefined,
): Promise<Finding[]> {
  if (!checkpoint || comparePositions(checkpoint.position, START) === 0) return [];
  const check = 'checkpoints';
  const position = formatPosition(checkpoint.position);
  const action =
    'none: a start rebuilds it; was the log meant to be restored? See docs/operating/restored-old-log.md';
  if (checkpoint.logId !== (await log.logId())) {
    return [warning(check, `${name} was built from another log`, action)];
  }
  const event = await log.readAt(checkpoint.position);
  if (checkpoint.eventId === undefined || event?.id === checkpoint.eventId) return [];
  const head = formatPosition(await log.head());
  const found = event
    ? `${name} is at ${position}, where this log has another event`
    : `${name} is at ${position}, ahead of the log, which ends at ${head}`;
  return [warning(check, found, action)];
}

/** Leases that no instance holds: their work is not done. */
export async function examineLeases(leases: Leases): Promise<Finding> {
  const check = 'leases';
  const held = await leases.held();
  const feeds = lanesOf(features.flatMap((feature) => feature.projections)).map(({ feed }) => feed);
  const free = feeds.filter((feed) => !held.some(({ name }) => name === feed));
  if (free.length > 0) {
    const action = 'start an instance with ROLE=worker or all: these read models stand still';
    return warning(check, `no instance holds ${free.join(', ')}`, action);
  }
  const work = held.map(({ name, holder }) => `${name} (${holder})`).join(', ');
  return ok(check, `${held.length} held: ${work}`);
}
