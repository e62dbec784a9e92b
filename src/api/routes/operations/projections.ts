import { type Static, Type } from '@sinclair/typebox';

import { ConflictError, DomainError, NotFoundError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import { isDocumentKey, storeOf } from '../../../domain/kernel/names.ts';
import { operatorActor } from '../../../domain/kernel/operator-actor.ts';
import { formatPosition, type Position } from '../../../domain/kernel/position.ts';
import type { Failure } from '../../../engine/failure-watch.ts';
import { lagsOf } from '../../../engine/lag.ts';
import type { FieldDiff } from '../../../engine/projections/folding/compare.ts';
import {
  BUILDING_STATES,
  PROJECTION_STATES,
  type ReportedState,
} from '../../../engine/projections/folding/generation.ts';
import type { ProjectionReport } from '../../../engine/projections/projection-view.ts';
import { answered } from '../../pipeline/reads.ts';
import { type Caller, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { STATE_MEANINGS } from './projection-states.ts';

const Params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });
const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'Recorded in the log.' });
const MAX_VALUE_LENGTH = 500;
const permission = 'system:operate';
const tag = 'Operation';

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

const ProjectionState = Type.Object(
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

async function states(services: Services): Promise<Static<typeof ProjectionState>[]> {
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

const operator = ({ shop, keyId }: Caller): Actor => operatorActor(shop.id, keyId);

async function stateOf(services: Services, name: string) {
  const state = (await states(services)).find((candidate) => candidate.name === name);
  if (state) return state;
  throw new NotFoundError('not_found', `there is no projection ${name}`);
}

const listProjections = route({
  method: 'get',
  path: '/projections',
  operationId: 'listProjections',
  summary: 'All read models with their state and lag',
  tag,
  permission,
  status: 200,
  response: Type.Object({ items: Type.Array(ProjectionState) }),
  write: false,
  async handle(_request, services) {
    return { status: 200, body: { items: await states(services) } };
  },
});

/** An operation on one read model that needs only its name. */
function operation(
  action: string,
  described: Pick<Route, 'operationId' | 'summary' | 'errors'> & { readonly description?: string },
  run: (projections: Services['projections'], name: string, actor: Actor) => Promise<void>,
) {
  return route({
    ...described,
    method: 'post',
    path: `/projections/:name/${action}`,
    tag,
    permission,
    params: Params,
    status: 202,
    response: ProjectionState,
    write: false,
    async handle({ params, caller }, services) {
      await answered(() => run(services.projections, params.name, operator(caller)));
      return { status: 202, body: await stateOf(services, params.name) };
    },
  });
}

const retryProjection = operation(
  'retry',
  {
    operationId: 'retryProjection',
    summary: 'Retry a blocked read model',
    errors: ['not_found', 'projection_not_blocked'],
  },
  (projections, name) => projections.retry(name),
);

const resumeProjection = operation(
  'resume',
  {
    operationId: 'resumeProjection',
    summary: 'Resume a paused read model',
    errors: ['not_found', 'projection_not_paused'],
  },
  (projections, name, actor) => projections.resume(name, actor),
);

const cancelRebuild = operation(
  'cancel-rebuild',
  {
    operationId: 'cancelRebuild',
    summary: 'Cancel the rebuild of a read model',
    description: 'The serving generation is unchanged; the documents built so far are dropped.',
    errors: ['not_found', 'projection_not_building'],
  },
  (projections, name, actor) => projections.cancelRebuild(name, actor),
);

const pauseProjection = route({
  method: 'post',
  path: '/projections/:name/pause',
  operationId: 'pauseProjection',
  summary: 'Pause a read model',
  description:
    'Queries get its present documents. It stays paused after a restart. The operator and the reason are recorded.',
  tag,
  permission,
  params: Params,
  body: Type.Object({ reason: Reason }),
  status: 202,
  response: ProjectionState,
  write: false,
  example: { reason: 'The read store is being moved' },
  errors: ['not_found'],
  async handle({ params, body, caller }, services) {
    await answered(() => services.projections.pause(params.name, body.reason, operator(caller)));
    return { status: 202, body: await stateOf(services, params.name) };
  },
});

const SkipBody = Type.Object({
  eventId: Type.String({ minLength: 1, maxLength: 100 }),
  reason: Reason,
});

const skipEvent = route({
  method: 'post',
  path: '/projections/:name/skip',
  operationId: 'skipEvent',
  summary: 'Skip the event that blocks a read model',
  description:
    'Only this read model skips the event. The operator and the reason are recorded in the log.',
  tag,
  permission,
  params: Params,
  body: SkipBody,
  status: 202,
  response: ProjectionState,
  write: false,
  example: { eventId: '4f0c7a0e-9a55-4b11-8b51-0e8f4c8d1a77', reason: 'Written by a broken till' },
  errors: ['not_found', 'projection_not_blocked'],
  async handle({ params, body, caller }, services) {
    const { eventId, reason } = body;
    await answered(() => services.projections.skip(params.name, eventId, reason, operator(caller)));
    return { status: 202, body: await stateOf(services, params.name) };
  },
});

const SkippedEverywhere = Type.Object({
  eventId: Type.String(),
  skippedFor: Type.Array(Type.String(), { description: 'Names of the read models.' }),
});

const skipEventForAll = route({
  method: 'post',
  path: '/projections/skip',
  operationId: 'skipEventForAll',
  summary: 'Skip an event for every read model that it blocks',
  description:
    'Recorded in the log once per read model, with the operator and the reason. A read model that reaches the event later stops at it and needs a skip of its own.',
  tag,
  permission,
  body: SkipBody,
  status: 202,
  response: SkippedEverywhere,
  write: false,
  example: { eventId: '4f0c7a0e-9a55-4b11-8b51-0e8f4c8d1a77', reason: 'Written by a broken till' },
  errors: ['projection_not_blocked', 'projection_elsewhere'],
  async handle({ body: { eventId, reason }, caller }, { projections }) {
    const blocked = projections.report().filter((report) => report.blocked?.eventId === eventId);
    if (blocked.length === 0) {
      throw new ConflictError('projection_not_blocked', `no projection is blocked at ${eventId}`);
    }
    const skippedFor: string[] = [];
    for (const { name } of blocked) {
      await answered(() => projections.skip(name, eventId, reason, operator(caller)));
      skippedFor.push(name);
    }
    return { status: 202, body: { eventId, skippedFor } };
  },
});

const AuditResponse = Type.Object({
  projection: Type.String(),
  documents: Type.Integer({ description: 'Documents compared with a fold of the log.' }),
  damages: Type.Array(
    Type.Object({
      key: Type.String(),
      kind: Type.String(),
      differences: Type.Array(
        Type.Object({
          field: Type.String(),
          expected: Type.Optional(Type.String({ description: 'JSON; absent: no such field.' })),
          found: Type.Optional(Type.String({ description: 'JSON; absent: no such field.' })),
        }),
      ),
    }),
    { description: "Mismatches in the caller's shop." },
  ),
  damagesOfOtherStores: Type.Integer({ description: 'Mismatches in other shops.' }),
  healed: Type.Boolean(),
});

const auditProjection = route({
  method: 'post',
  path: '/projections/:name/audit',
  operationId: 'auditProjection',
  summary: 'Compare the documents of a read model with the log',
  description:
    'With `heal` it also restores documents that differ. The response comes when it is done.',
  tag,
  permission,
  params: Params,
  body: Type.Object({
    heal: Type.Boolean(),
    sample: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Only a random sample of this many streams.',
      }),
    ),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'Only this document.' }),
    ),
  }),
  status: 200,
  response: AuditResponse,
  write: false,
  example: { heal: true },
  errors: ['not_found', 'not_caught_up'],
  async handle({ params, body, caller }, services) {
    const { name } = params;
    if (body.key !== undefined && !isDocumentKey(body.key)) {
      throw new DomainError(
        'invalid_request',
        'expected the key of a document, such as main.0199f2c1',
      );
    }
    const [report] = await answered(() =>
      services.projections.audit({ projection: name, ...body }),
    );
    if (!report) {
      throw new DomainError('not_caught_up', `expected ${name} to be live before its audit`);
    }
    const { documents, healed, damages } = report;
    const ofShop = damages.filter(({ key }) => storeOf(key) === caller.shop.id);
    return {
      status: 200,
      body: {
        projection: name,
        documents,
        healed,
        damages: ofShop.map(({ key, kind, differences }) => ({
          key,
          kind,
          differences: differences.map(inJson),
        })),
        damagesOfOtherStores: damages.length - ofShop.length,
      },
    };
  },
});

/** Values as JSON, truncated: the place matters, and the log has the whole values. */
function inJson({ field, expected, found }: FieldDiff) {
  const text = (value: unknown) => JSON.stringify(value).slice(0, MAX_VALUE_LENGTH);
  return {
    field,
    ...(expected !== undefined && { expected: text(expected) }),
    ...(found !== undefined && { found: text(found) }),
  };
}

const rebuildProjection = route({
  method: 'post',
  path: '/projections/:name/rebuild',
  operationId: 'rebuildProjection',
  summary: 'Rebuild a read model beside the serving one',
  description:
    'Queries get the old documents until the new ones are complete. A running rebuild is not restarted.',
  tag,
  permission,
  params: Params,
  body: Type.Object({ reason: Reason }),
  status: 202,
  response: ProjectionState,
  write: false,
  example: { reason: 'After restoring the log from a backup' },
  errors: ['not_found'],
  async handle({ params, body, caller }, services) {
    const before = await stateOf(services, params.name);
    if (!before.building) {
      await answered(() =>
        services.projections.rebuild(params.name, body.reason, operator(caller)),
      );
    }
    return { status: 202, body: await stateOf(services, params.name) };
  },
});

/** The operations of operators on read models (K6, K7, K9). */
export const projectionRoutes: readonly Route[] = [
  listProjections,
  retryProjection,
  skipEvent,
  skipEventForAll,
  pauseProjection,
  resumeProjection,
  auditProjection,
  rebuildProjection,
  cancelRebuild,
];
