import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { strict } from '../../kernel/schema.ts';
import { BranchId } from '../users/events.ts';
import { DeviceName } from './events.ts';

export const deviceCommands = defineCommands({
  RegisterDevice: strict({ name: DeviceName, branchId: BranchId }),
  RevokeDevice: strict({}),
});

export type DeviceCommand = CommandOf<typeof deviceCommands>;
