import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, strict } from '../../kernel/schema.ts';
import { CarriedAttempts, DeviceId, Page } from './events.ts';

export const pinCommands = defineCommands({
  OpenPinAttempts: strict({
    deviceId: DeviceId,
    page: Page,
    carried: Type.Array(CarriedAttempts),
  }),
  TryPin: strict({ userId: Id }),
  SkipPin: strict({ userId: Id }),
  AcceptPin: strict({ userId: Id }),
  RejectPin: strict({ userId: Id }),
});

export type PinCommand = CommandOf<typeof pinCommands>;
