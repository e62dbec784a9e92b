import { Type, type Static } from '@sinclair/typebox';

import { ConflictError, DomainError, NotFoundError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import { isDocumentKey, storeOf } from '../../../domain/kernel/names.ts';
import { formatPosition, type Position } from '../../../domain/kernel/position.ts';
import type { FieldDiff } from '../../../engine/projections/folding/compare.ts';
import { lagOf, type ProjectionReport } from '../../../engine/projections/projection-view.ts';
import { answered } from '../../pipeline/reads.ts';
import { route, type Caller, type Route } from '../../route.ts';
import type { Services } from '../../services.ts';

const Params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });
const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'It is recorded.' });
const MAX_VALUE_LENGTH = 500;
const permission = 'system:operate';
const tag = 'Operation';

const MEMBER_STATES = [
  Type.Literal('catching-up'),
  Type.Literal('live'),
  Type.Literal('blocked'),
  Type.Literal('paused'),
  Type.Literal('retired'),
];

const passed = {
  events: Type.Integer({ minimum: 0, description: 'Of the log, passed so far.' }),
  ofEvents: Type.Integer({ minimum: 0, description: 'In the log now.' }),
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
};

const ProjectionState = Type.Object(
  {
    name: Type.String(),
    version: Type.Integer({ description: "Of the read model's code." }),
    generation: Type.Integer({ description: 'Raised by each rebuild.' }),
    state: Type.Union(MEMBER_STATES),
    position: Type.String(),
    lagEvents: Type.Integer({ minimum: 0 }),
    lagSeconds: Type.Integer({
      minimum: 0,
      description: 'Age of the oldest event that it has not taken yet; 0 when there is none.',
    }),
    lastRecordedAt: Type.Optional(Type.String()),
    blocked: Type.Optional(Type.Object({ eventId: Type.String(), reason: Type.String() })),
    building: Type.Optional(
      Type.Object({
        generation: Type.Integer(),
        state: Type.Union([...MEMBER_STATES, Type.Literal('waiting')]),
        position: Type.String(),
        ...passed,
      }),
    ),
    audited: Type.Optional(
      Type.Object(passed, { description: 'There while it is compared with the log.' }),
    ),
  },
  { $id: 'ProjectionState' },
);

async function states(services: Services): Promise<Static<typeof ProjectionState>[]> {
  const { projections, log } = services;
  const head = await answered(() => log.head());
  const all = projections.report().map(async (report) => ({
    name: report.name,
    version: report.version,
    generation: report.generation,
    state: report.state,
    position: formatPosition(report.position),
    lagEvents: Number(lagOf(report, head)),
    lagSeconds: await lagSecondsOf(report, services),
    ...(report.lastRecordedAt !== undefined && { lastRecordedAt: report.lastRecordedAt }),
    ...(report.blocked && { blocked: { ...report.blocked } }),
    ...(report.building && { building: buildingOf(report.building, head) }),
    ...(report.audited && { audited: passedOf(report.audited.position, report.audited.upTo) }),
  }));
  return Promise.all(all);
}

async function lagSecondsOf({ position }: ProjectionReport, { log, clock }: Services) {
  const page = await answered(() => log.readAll({ after: position, limit: 1 }));
  const [next] = page.events;
  if (!next) return 0;
  return Math.max(0, Math.floor((clock.now() - Date.parse(next.recordedAt)) / 1_000));
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

const operator = ({ keyId }: Caller): Actor => ({ kind: 'operator', id: keyId });

async function stateOf(services: Services, name: string) {
  const state = (await states(services)).find((one) => one.name === name);
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

/** An order about one read model that needs nothing but its name. */
function plainOrder(
  what: string,
  about: Pick<Route, 'operationId' | 'summary' | 'errors'> & { readonly description?: string },
  give: (projections: Services['projections'], name: string, actor: Actor) => Promise<void>,
) {
  return route({
    ...about,
    method: 'post',
    path: `/projections/:name/${what}`,
    tag,
    permission,
    params: Params,
    status: 202,
    response: ProjectionState,
    write: false,
    async handle({ params, caller }, services) {
      await answered(() => give(services.projections, params.name, operator(caller)));
      return { status: 202, body: await stateOf(services, params.name) };
    },
  });
}

const retryProjection = plainOrder(
  'retry',
  {
    operationId: 'retryProjection',
    summary: 'Try a blocked read model again',
    errors: ['not_found', 'projection_not_blocked'],
  },
  (projections, name) => projections.retry(name),
);

const resumeProjection = plainOrder(
  'resume',
  {
    operationId: 'resumeProjection',
    summary: 'Let a paused read model go on',
    errors: ['not_found', 'projection_not_paused'],
  },
  (projections, name, actor) => projections.resume(name, actor),
);

const cancelRebuild = plainOrder(
  'cancel-rebuild',
  {
    operationId: 'cancelRebuild',
    summary: 'Give the rebuild of a read model up',
    description: 'What answers queries now goes on as it is; what was built so far is dropped.',
    errors: ['not_found', 'projection_not_building'],
  },
  (projections, name, actor) => projections.cancelRebuild(name, actor),
);

const pauseProjection = route({
  method: 'post',
  path: '/projections/:name/pause',
  operationId: 'pauseProjection',
  summary: 'Let a read model rest where it is',
  description: 'Queries get what it has; it stays so over a restart. Who and why is recorded.',
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
  summary: 'Pass over the event that blocks a read model',
  description: 'Who did it and why is recorded in the log. Only this read model passes over it.',
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

const AuditAnswer = Type.Object({
  projection: Type.String(),
  documents: Type.Integer({ description: 'Compared with a fold of the log.' }),
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
    { description: "Of the caller's own store." },
  ),
  damagesOfOtherStores: Type.Integer(),
  healed: Type.Boolean(),
});

const auditProjection = route({
  method: 'post',
  path: '/projections/:name/audit',
  operationId: 'auditProjection',
  summary: 'Compare the documents of a read model with the log',
  description: 'With `heal` it also puts back what differs. Answers when it is done.',
  tag,
  permission,
  params: Params,
  body: Type.Object({
    heal: Type.Boolean(),
    sample: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Only so many streams, drawn at random.',
      }),
    ),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'Only this document.' }),
    ),
  }),
  status: 200,
  response: AuditAnswer,
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
    const mine = damages.filter(({ key }) => storeOf(key) === caller.shop.id);
    return {
      status: 200,
      body: {
        projection: name,
        documents,
        healed,
        damages: mine.map(({ key, kind, differences }) => ({
          key,
          kind,
          differences: differences.map(inJson),
        })),
        damagesOfOtherStores: damages.length - mine.length,
      },
    };
  },
});

/** Values as JSON, cut where they are long: the place matters, and the log has the rest. */
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
  summary: 'Build a read model anew beside the one that answers',
  description:
    'Queries get the old documents until the new are complete. One under way is not begun again.',
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

/** What an operator can do about read models (K6, K7, K9). */
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
