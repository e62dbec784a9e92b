import { Type } from '@sinclair/typebox';

import { NotFoundError } from '../../../domain/kernel/errors.ts';
import { Id, oneOf, optional } from '../../../domain/kernel/schema.ts';
import type { DurableProcess } from '../../../engine/processes/durable/durable-process.ts';
import { cancelDecider, retryDecider } from '../../../engine/processes/durable/instance-decider.ts';
import { PROCESS_STATUSES, ProcessSchema } from '../../../projections/processes/document.ts';
import { getProcess, listProcesses } from '../../../projections/processes/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse } from '../../responses.ts';
import { type Route, route } from '../../route.ts';
import { pageOf, pageQuery } from '../../schemas.ts';
import type { Services } from '../../services.ts';

const tag = 'Processes';
const Params = Type.Object({ processId: Id });
const Accepted = Type.Object(
  { processId: Type.String(), openSteps: Type.Array(Type.String()) },
  { additionalProperties: false, $id: 'ProcessOperation' },
);

/** The process of an id, which names it before the first colon. @throws NotFoundError */
function durableOf({ durableProcesses }: Services, id: string) {
  const [name = ''] = id.split(':', 1);
  const process = durableProcesses.find((each) => each.name === name);
  if (!process) throw new NotFoundError('process_not_found', `there is no process ${id}`);
  return { process, instance: id.slice(name.length + 1) };
}

/** An operation on one process, decided on what its stream says. */
function operation(
  action: 'retry' | 'cancel',
  described: Pick<Route, 'operationId' | 'summary' | 'description' | 'errors'>,
  deciderOf: (process: DurableProcess, instance: string) => ReturnType<typeof retryDecider>,
): Route {
  return route({
    ...described,
    method: 'post',
    path: `/processes/:processId/${action}`,
    tag,
    permission: 'processes:manage',
    params: Params,
    status: 202,
    response: Accepted,
    write: true,
    revisioned: true,
    async handle(request, services) {
      const { processId } = request.params;
      const { process, instance } = durableOf(services, processId);
      const decider = deciderOf(process, instance);
      const command = { type: action, data: { processId } };
      const { state, revision, position } = await request.execute(decider, processId, command);
      const openSteps = state.openSteps.map(({ step }) => step);
      return { status: 202, revision, position, body: { processId, openSteps } };
    },
  });
}

export const processRoutes: readonly Route[] = [
  query({
    path: '/processes',
    operationId: 'listProcesses',
    summary: 'Processes, the newest first',
    description:
      'Each with its stage, what it waits for, its open steps and timers. One that is `stuck` says why.',
    tag,
    permission: 'processes:read',
    query: Type.Object({
      process: optional(Id),
      status: optional(oneOf(PROCESS_STATUSES)),
      ...pageQuery,
    }),
    response: pageOf(ProcessSchema),
    async read({ query: { limit, cursor, ...filter }, reads }) {
      return pageResponse(await listProcesses(reads, filter, { limit, cursor }));
    },
  }),
  query({
    path: '/processes/:processId',
    operationId: 'getProcess',
    summary: 'One process',
    tag,
    permission: 'processes:read',
    params: Params,
    response: ProcessSchema,
    errors: ['process_not_found'],
    async read({ params: { processId }, reads, caller }) {
      const found = await getProcess(reads, caller.shop.id, processId);
      return orNotFound(found, 'process_not_found', `process ${processId}`);
    },
    revision: ({ revision }) => revision,
  }),
  operation(
    'retry',
    {
      operationId: 'retryProcess',
      summary: 'Try the open steps of a process again at once',
      description: 'It begins within seconds. Steps keep their ids, so none is done twice.',
      errors: ['process_not_found', 'process_not_waiting'],
    },
    ({ name }, instance) => retryDecider(name, instance),
  ),
  operation(
    'cancel',
    {
      operationId: 'cancelProcess',
      summary: 'End a process, with everything put back',
      description: 'It puts back what it has done, as after a failure; the response has the steps.',
      errors: ['process_not_found', 'process_not_cancellable'],
    },
    cancelDecider,
  ),
];
