import { type Static, Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { formatPosition, type Position } from '../../../domain/kernel/position.ts';
import type { Failure } from '../../../engine/failure-watch.ts';
import { lagsOf } from '../../../engine/lag.ts';
import {
  BUILDING_STATES,
  PROJECTION_STATES,
  type ReportedState,
} from '../../../engine/projections/folding/generation.ts';
import type { ProjectionReport } from '../../../engine/projections/projection-view.ts';
import { answered } from '../../pipeline/reads.ts';
import type { Services } from '../../services.ts';
import { STATE_MEANINGS } from './projection-states.ts';

/** States as a closed list, each with its meaning. */
const oneOfStates = <S extends ReportedState>(states: readonly S[]) =>
  Type.Union(states.map((state) => Type.Literal(state, { description: STATE_MEANINGS[state] })));

const passed = {
  events: Type.Integer({
    minimum: 0,
    description: 'Positions of the log passed so far: events, or bytes on EventStoreDB.',
  }),
  ofEvents: Type.Integer({ minimum: 0, description: 'Positions of the log now.' }),
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
};

/** The state of one read model, as operators see it. */
export const ProjectionState = Type.Object(
  {
    name: Type.String(),
    version: Type.Integer({ description: "Version of the read model's code." }),
    generation: Type.Integer({ description: 'Raised by each rebuild.' }),
    state: oneOfStates(PROJECTION_STATES),
    position: Type.String(),
    lagEvents: Type.Integer({
      minimum: 0,
      description: 'Events of the log that it has not seen; 10,000 may mean more on EventStoreDB.',
    }),
    lagSeconds: Type.Integer({
      minimum: 0,
      description: 'Age of the oldest event that it has not processed yet; 0 if there is none.',
    }),
    lastRecordedAt: Type.Optional(Type.String()),
    blocked: Type.Optional(Type.Object({ eventId: Type.String(), reason: Type.String() })),
    failing: Type.Optional(
      Type.Object(
        { since: Type.String(), reason: Type.String() },
        { description: 'Present while it cannot be updated, or its next generation not built.' },
      ),
    ),
    building: Type.Optional(
      Type.Object({
        generation: Type.Integer(),
        state: oneOfStates(BUILDING_STATES),
        position: Type.String(),
        ...passed,
      }),
    ),
    audited: Type.Optional(
      Type.Object(passed, { description: 'Present while an audit compares it with the log.' }),
    ),
  },
  { $id: 'ProjectionState' },
);

/** All read models with their state and lag. */
export async function states(services: Services): Promise<Static<typeof ProjectionState>[]> {
  const { projections, log } = services;
  const reports = projections.report();
  const positions = reports.map(({ position }) => position);
  const head = await answered(() => log.head());
  const lags = await answered(() => lagsOf(log, positions));
  return reports.map((report, i) => ({
    name: report.name,
    version: report.version,
    generation: report.generation,
    state: report.state,
    position: formatPosition(report.position),
    lagEvents: lags[i]?.events ?? 0,
    lagSeconds: secondsSince(lags[i]?.since, services),
    ...(report.lastRecordedAt !== undefined && { lastRecordedAt: report.lastRecordedAt }),
    ...(report.blocked && { blocked: { ...report.blocked } }),
    ...(report.failing && { failing: failingOf(report.failing) }),
    ...(report.building && { building: buildingOf(report.building, head) }),
    ...(report.audited && { audited: passedOf(report.audited.position, report.audited.upTo) }),
  }));
}

const failingOf = ({ sinceMs, reason }: Failure) => ({
  since: new Date(sinceMs).toISOString(),
  reason,
});

function secondsSince(time: string | undefined, { clock }: Services): number {
  if (time === undefined) return 0;
  return Math.max(0, Math.floor((clock.now() - Date.parse(time)) / 1_000));
}

function buildingOf(building: NonNullable<ProjectionReport['building']>, head: Position) {
  const { generation, state, position } = building;
  return { generation, state, position: formatPosition(position), ...passedOf(position, head) };
}

function passedOf(position: Position, upTo: Position) {
  const done = position.commit + 1n;
  const all = upTo.commit + 1n;
  const percent = all <= 0n ? 100 : Math.min(100, Number((done * 100n) / all));
  return {
    events: Number(done < 0n ? 0n : done),
    ofEvents: Number(all < 0n ? 0n : all),
    percent,
  };
}

/** @throws NotFoundError not_found. */
export async function stateOf(services: Services, name: string) {
  const state = (await states(services)).find((candidate) => candidate.name === name);
  if (state) return state;
  throw new NotFoundError('not_found', `there is no projection ${name}`);
}
