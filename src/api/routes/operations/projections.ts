import { Type } from '@sinclair/typebox';

import { ConflictError } from '../../../domain/kernel/errors.ts';
import type { Actor } from '../../../domain/kernel/event.ts';
import { answered } from '../../pipeline/reads.ts';
import { type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { auditProjection } from './audit-projection.ts';
import { OPERATION, operator, Params, Reason } from './projection-operation.ts';
import { ProjectionState, stateOf, states } from './projection-state.ts';

const listProjections = route({
  method: 'get',
  path: '/projections',
  operationId: 'listProjections',
  summary: 'All read models with their state and lag',
  ...OPERATION,
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
    ...OPERATION,
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
  ...OPERATION,
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
  ...OPERATION,
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
  ...OPERATION,
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

const rebuildProjection = route({
  method: 'post',
  path: '/projections/:name/rebuild',
  operationId: 'rebuildProjection',
  summary: 'Rebuild a read model beside the serving one',
  description:
    'Queries get the old documents until the new ones are complete. A running rebuild is not restarted.',
  ...OPERATION,
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
