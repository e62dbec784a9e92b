import { Type, type Static, type TSchema } from '@sinclair/typebox';

import type { Command, Decider } from '../domain/kernel/decider.ts';
import type { CommandSet } from '../domain/kernel/define-commands.ts';
import { InvariantError } from '../domain/kernel/errors.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import { Id } from '../domain/kernel/schema.ts';
import type { CommandResult } from '../engine/commands/command-engine.ts';
import { route, type ApiRequest, type Route } from './route.ts';

/** What the commands of one aggregate have in common. */
interface Aggregate<
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  Commands extends CommandSet,
  R extends TSchema,
> {
  readonly tag: string;
  readonly decider: Decider<State, Cmd, Event>;
  readonly commands: Commands;
  /** The path parameter that names the entity, such as `orderId`. */
  readonly id: string;
  readonly response: R;
  /** The entity as it was right after the command, and always will have been. */
  readonly respond: (result: CommandResult<State, Event>) => Static<R>;
}

type Described = Pick<
  Route,
  'path' | 'operationId' | 'summary' | 'description' | 'permission' | 'errors'
>;

interface Options<Result, B extends TSchema, R extends TSchema> extends Described {
  /** `post` when absent. */
  readonly method?: 'post' | 'put' | 'delete';
  /** The command makes a new entity, whose id is derived from shop, operation and key. */
  readonly creates?: true;
  /** 200 when absent. */
  readonly status?: number;
  /** Of the new resource; that of the entity when it is created. */
  readonly location?: (result: Result) => string;
  readonly params?: TSchema;
  readonly example?: Static<B>;
  readonly response?: R;
  readonly respond?: (result: Result) => Static<R>;
}

/** A body of its own says how the command's data is made from the request. */
interface OwnBody<Data, B extends TSchema> {
  readonly body: B;
  readonly data: (request: ApiRequest<Record<string, string>, unknown, Static<B>>) => Data;
}
interface CommandBody {
  readonly body?: undefined;
  readonly data?: undefined;
}

/**
 * The operations that give commands to one aggregate. The body of each is its command's data, and
 * its response is the entity after the command, unless it says otherwise.
 */
export function commandRoutes<
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  Commands extends CommandSet,
  R extends TSchema,
>(aggregate: Aggregate<State, Cmd, Event, Commands, R>) {
  type Result = CommandResult<State, Event>;
  type DataOf<Type extends string> = Extract<Cmd, { type: Type }>['data'];

  return function command<
    Type extends keyof Commands['schemas'] & Cmd['type'] & string,
    B extends TSchema = Commands['schemas'][Type],
    Own extends TSchema = R,
  >(
    type: Type,
    options: Options<Result, B, Own> & (OwnBody<DataOf<Type>, B> | CommandBody),
  ): Route {
    const { id, decider, tag } = aggregate;
    const { location, respond, body: own, data: dataOf, creates, ...described } = options;
    const body = own ?? aggregate.commands.schemas[type];
    if (!body) throw new InvariantError('a schema of the command', { type });
    const params = options.params ?? Type.Object({ [id]: Id });
    return route<TSchema, TSchema, TSchema, TSchema>({
      method: 'post',
      status: 200,
      response: aggregate.response,
      ...described,
      tag,
      body,
      write: true,
      ...(!creates && { params }),
      async handle(request) {
        const asked = request as ApiRequest<Record<string, string>, unknown, Static<B>>;
        const entityId = creates ? request.newEntityId() : (asked.params[id] ?? '');
        const data: unknown = dataOf ? dataOf(asked) : asked.body;
        const result = await request.execute(decider, entityId, { type, data } as unknown as Cmd);
        const made = creates && !location ? `${options.path}/${entityId}` : location?.(result);
        return {
          status: options.status ?? 200,
          revision: result.revision,
          position: result.position,
          body: (respond ?? aggregate.respond)(result),
          ...(made !== undefined && { location: made }),
        };
      },
    });
  };
}
