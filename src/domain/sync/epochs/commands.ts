import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { Id, strict } from '../../kernel/schema.ts';
import { Epoch, Hash, Seq, SyncDeviceId } from '../facts/events.ts';
import { Declared } from '../segments/events.ts';
import { Reason } from './events.ts';

export const epochCommands = defineCommands({
  OpenEpoch: strict({ deviceId: SyncDeviceId, epoch: Epoch, requestId: Id, reason: Reason }),
  ReportFork: strict({ deviceId: SyncDeviceId, epoch: Epoch, seq: Seq, hash: Hash }),
  Declare: strict({ deviceId: SyncDeviceId, epoch: Epoch, declared: Declared }),
});

export type EpochCommand = CommandOf<typeof epochCommands>;
