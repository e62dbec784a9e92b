import { Type } from '@sinclair/typebox';

import type { Actor } from '../../../domain/kernel/event.ts';
import { operatorActor } from '../../../domain/kernel/operator-actor.ts';
import type { Caller } from '../../route.ts';

/** What the operations on read models have in common. */
export const OPERATION = { tag: 'Operation', permission: 'system:operate' } as const;

export const Params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });
export const Reason = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'Recorded in the log.',
});

/** The operator, as the log names the caller. */
export const operator = ({ shop, actor }: Caller): Actor => operatorActor(shop.id, actor.id);
