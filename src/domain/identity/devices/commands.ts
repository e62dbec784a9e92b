import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, strict } from '../../kernel/schema.ts';
import { BranchId } from '../users/events.ts';
import { DeviceName } from './events.ts';

export const deviceCommands = defineCommands({
  RegisterDevice: strict({ name: DeviceName, branchId: BranchId }),
  RevokeDevice: strict({}),
  TryPin: strict({ userId: Id }),
  SkipPin: strict({ userId: Id }),
  AcceptPin: strict({ userId: Id }),
  RejectPin: strict({ userId: Id }),
});

export type DeviceCommand = CommandOf<typeof deviceCommands>;
