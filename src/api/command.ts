import { type Static, type TSchema, Type } from '@sinclair/typebox';

import type { Command, Decider } from '../domain/kernel/decider.ts';
import type { CommandSet } from '../domain/kernel/define-commands.ts';
import { InvariantError } from '../domain/kernel/errors.ts';
import type { DomainEvent } from '../domain/kernel/event.ts';
import { Id } from '../domain/kernel/schema.ts';
import type { CommandResult } from '../engine/commands/command-engine.ts';
import { type ApiRequest, type Route, route } from './route.ts';
import type { Services } from './services.ts';

/** The common parts of all commands of one aggregate. */
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
  /** The entity right after the command; the same for every repeat of the command. */
  readonly respond: (result: CommandResult<State, Event>) => Static<R>;
}

type Described = Pick<
  Route,
  'path' | 'operationId' | 'summary' | 'description' | 'permission' | 'scope' | 'errors'
>;

interface Options<Result, B extends TSchema, R extends TSchema, Rules> extends Described {
  /** `post` when absent. */
  readonly method?: 'post' | 'put' | 'delete';
  /** The command creates an entity; its id is derived from shop, operation and key. */
  readonly creates?: true;
  /** 200 when absent. */
  readonly status?: number;
  /** URL of the new resource; by default that of a created entity. */
  readonly location?: (result: Result) => string;
  readonly params?: TSchema;
  /** The rules with the facts about other entities that this request needs. */
  readonly rules?: (
    request: ApiRequest<Record<string, string>, unknown, Static<B>>,
    services: Services,
  ) => Promise<Rules>;
  readonly example?: Static<B>;
  readonly response?: R;
  readonly respond?: (result: Result) => Static<R>;
}

/** With a different body, `data` makes the command's data from the request. */
interface OwnBody<Data, B extends TSchema> {
  readonly body: B;
  readonly data: (
    request: ApiRequest<Record<string, string>, unknown, Static<B>>,
    services: Services,
  ) => Data;
}
interface CommandBody {
  readonly body?: undefined;
  readonly data?: undefined;
}

/**
 * The operations that run commands of one aggregate. By default the body of each is its command's
 * data, and its response is the entity after the command.
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
    options: Options<Result, B, Own, typeof aggregate.decider> &
      (OwnBody<DataOf<Type>, B> | CommandBody),
  ): Route {
    const { id, decider, tag } = aggregate;
    const {
      location,
      respond,
      body: ownBody,
      data: dataOf,
      creates,
      rules,
      ...described
    } = options;
    const schema = ownBody ?? aggregate.commands.schemas[type];
    if (!schema) throw new InvariantError('a schema of the command', { type });
    // A body of DELETE has no defined meaning (RFC 9110, section 9.3.5): only where asked for.
    const body = options.method === 'delete' ? ownBody : schema;
    const params = options.params ?? Type.Object({ [id]: Id });
    return route<TSchema, TSchema, TSchema, TSchema>({
      method: 'post',
      status: 200,
      response: aggregate.response,
      ...described,
      tag,
      ...(body && { body }),
      write: true,
      revisioned: true,
      ...((creates ?? location) && { located: true }),
      ...(!creates && { params }),
      async handle(request, services) {
        const typed = request as ApiRequest<Record<string, string>, unknown, Static<B>>;
        const entityId = creates ? request.newEntityId() : (typed.params[id] ?? '');
        const data: unknown = dataOf ? dataOf(typed, services) : typed.body;
        const decides = (await rules?.(typed, services)) ?? decider;
        const result = await request.execute(decides, entityId, { type, data } as unknown as Cmd);
        const url = creates && !location ? `${options.path}/${entityId}` : location?.(result);
        return {
          status: options.status ?? 200,
          revision: result.revision,
          position: result.position,
          body: (respond ?? aggregate.respond)(result),
          ...(url !== undefined && { location: url }),
        };
      },
    });
  };
}
