import { Type } from '@sinclair/typebox';

import { generationOf } from '../../../commands/restores/generation.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { operatorActor } from '../../../domain/kernel/operator-actor.ts';
import { Generation, restoreDecider, restoreRequest } from '../../../domain/restores/index.ts';
import { type Route, route } from '../../route.ts';

const OPERATION = { tag: 'Operation', permission: 'system:operate', scope: 'system' } as const;
const GenerationResponse = Type.Object({ generation: Generation }, { $id: 'LogGeneration' });

const getGeneration = route({
  method: 'get',
  path: '/log/generation',
  operationId: 'getLogGeneration',
  summary: 'How often the log was replaced by an older copy of itself',
  ...OPERATION,
  status: 200,
  response: GenerationResponse,
  write: false,
  async handle(_request, { commands }) {
    return { status: 200, body: { generation: await generationOf(commands) } };
  },
});

const record = route({
  method: 'post',
  path: '/log/restored',
  operationId: 'recordRestore',
  summary: 'Say that the log is an older copy',
  description:
    '`tillstream restore` does it by itself. After a restore with the tools of EventStoreDB, send it before the first device connects: no series gives out fiscal numbers until a manager resumes it.',
  ...OPERATION,
  body: Type.Object({
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Recorded in the log.' }),
  }),
  status: 201,
  response: GenerationResponse,
  write: true,
  example: { reason: 'Restored the backup of last night' },
  async handle({ body: { reason }, caller, commandId, correlationId }, { commands, clock }) {
    const request = restoreRequest({
      // Keys of two shops may be the same.
      ...{ commandId: `${caller.shop.id} ${commandId}`, correlationId, reason },
      actor: operatorActor(caller.shop.id, caller.actor.id),
      now: formatInstant(clock.now()),
    });
    const { state } = await commands.execute(restoreDecider, request);
    return { status: 201, body: { generation: state.generation } };
  },
});

/** The generation of the log, for operators (S9). */
export const restoreRoutes: readonly Route[] = [getGeneration, record];
