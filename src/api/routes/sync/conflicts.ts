import { Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import {
  described,
  Id,
  Instant,
  oneOf,
  optional,
  strict,
  Text,
} from '../../../domain/kernel/schema.ts';
import {
  CONFLICT_STATES,
  Entity,
  entityDecider,
  FactId,
  mergedEntity,
} from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { ConflictSchema } from '../../../projections/sync/conflicts/document.ts';
import {
  countConflicts,
  findConflict,
  listConflicts,
  MAX_COUNTED,
} from '../../../projections/sync/conflicts/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';

const tag = 'Conflicts';
const permission = 'conflicts:read';
const DAY_MS = 86_400_000;

const Count = (description: string) => Type.Integer({ minimum: 0, description });
const params = Type.Object({ conflictId: described(Id, 'The conflict.') });

const Counts = Type.Object(
  {
    unresolved: Count('Conflicts in which a person has to choose.'),
    last24h: Count('Conflicts of the last 24 hours, settled ones too.'),
    rejected: Count('Facts of devices that are here and not in the books.'),
    held: Count('Facts of devices that a newer version of the server can read.'),
  },
  {
    $id: 'ConflictCounts',
    description: `How much a person has to look at, on the first page. Each figure stops at ${MAX_COUNTED}.`,
  },
);

const list = query({
  path: '/conflicts',
  operationId: 'listConflicts',
  summary: 'Versions that people wrote without knowing of each other, newest first',
  description:
    'With `state=open`: a person has to choose. Facts that are not in the books are in `GET /sync/facts`.',
  tag,
  permission,
  query: Type.Object({
    state: optional(oneOf(CONFLICT_STATES)),
    entityType: optional(Id),
    entityId: optional(Id),
    ...pageQuery,
  }),
  response: Type.Object({ ...pageOf(ConflictSchema).properties, counts: optional(Counts) }),
  async read({ query: { limit, cursor, ...filter }, reads }, { clock }) {
    const page = pageResponse(await listConflicts(reads, filter, { limit, cursor }));
    if (cursor !== undefined) return page;
    const since = formatInstant(clock.now() - DAY_MS);
    return { ...page, counts: await countConflicts(reads, since) };
  },
});

const entity = query({
  path: '/sync/entities/:entity',
  operationId: 'readSharedEntity',
  summary: 'Something that several devices change, as all of their facts together say that it is',
  description:
    'A fact that is written with this in view names `heads` in its `basedOn`. See [when two tills meet](../explanation/when-two-tills-meet.md) for the rule of each field.',
  tag,
  permission: 'facts:read',
  params: Type.Object({ entity: Entity }),
  response: Type.Object(
    {
      entity: Entity,
      fields: Type.Record(Type.String(), Type.Unknown(), {
        description: 'By field. A list where several versions stand.',
      }),
      heads: Type.Array(Type.String(), { description: 'The newest facts about it.' }),
      facts: Count('Facts about it.'),
    },
    { $id: 'SharedEntity' },
  ),
  errors: ['entity_not_found'],
  waits: false,
  async read({ params: { entity: name }, caller }, { commands }) {
    const { state } = await commands.load(entityDecider, caller.shop.id, name);
    const facts = Object.keys(state.facts).length;
    const known = facts > 0 ? mergedEntity(state) : undefined;
    const { fields, heads } = orNotFound(known, 'entity_not_found', `entity ${name}`);
    return { entity: name, fields, heads: [...heads], facts };
  },
});

const get = query({
  path: '/conflicts/:conflictId',
  operationId: 'getConflict',
  summary: 'A conflict with both versions, who wrote them and which one counts',
  tag,
  permission,
  params,
  response: ConflictSchema,
  errors: ['conflict_not_found'],
  async read({ params: { conflictId }, reads }) {
    const found = await findConflict(reads, conflictId);
    return orNotFound(found, 'conflict_not_found', `conflict ${conflictId}`);
  },
});

const resolve = route({
  method: 'post',
  path: '/conflicts/:conflictId/resolve',
  operationId: 'resolveConflict',
  summary: 'Choose which version of a conflict counts',
  description:
    'Both versions stay in the record. The choice can be made again, also where the rule of the field had decided.',
  tag,
  permission: 'conflicts:resolve',
  params,
  body: strict({
    factId: described(FactId, 'The fact whose version counts from now on.'),
    reason: optional(described(Text, 'Why, in words.')),
  }),
  status: 200,
  response: Type.Object(
    {
      conflictId: Type.String(),
      winnerEventId: Type.String(),
      resolvedBy: Type.String(),
      resolvedAt: Instant,
    },
    { $id: 'ConflictChoice' },
  ),
  write: true,
  waits: true,
  example: { factId: 'fact-of-tablet-3', reason: 'Ana asked the guest' },
  errors: ['conflict_not_found', 'conflict_version_unknown'],
  async handle(request) {
    const { conflictId } = request.params;
    const conflict = await findConflict(request.reads, conflictId);
    if (!conflict) {
      throw new NotFoundError('conflict_not_found', `there is no conflict ${conflictId}`);
    }
    const { factId: chosen, reason } = request.body;
    const by = request.caller.actor.id;
    const { entityType, entityId } = conflict;
    const { events, position } = await request.execute(entityDecider, `${entityType}:${entityId}`, {
      type: 'ChooseVersion',
      data: { conflictId, chosen, by, ...omitUndefined({ reason }) },
    });
    const [made] = events;
    const resolvedAt = made?.type === 'ConflictVersionChosen' ? made.data.chosenAt : '';
    return {
      status: 200,
      position,
      body: { conflictId, winnerEventId: chosen, resolvedBy: by, resolvedAt },
    };
  },
});

export const conflictRoutes: readonly Route[] = [list, get, entity, resolve];
