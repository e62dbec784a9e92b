import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Id, Name, strict } from '../kernel/schema.ts';
import { CredentialsId, EnvironmentSchema, FailureCode, healthFields, Reason } from './events.ts';

export const integrationCommands = defineCommands({
  GiveCredentials: strict({
    account: Id,
    environment: EnvironmentSchema,
    credentialsId: CredentialsId,
  }),
  RecordTest: strict({
    credentialsId: CredentialsId,
    isAccepted: Type.Boolean(),
    accountName: Type.Optional(Name),
    code: Type.Optional(FailureCode),
  }),
  RecordHealth: strict({ credentialsId: CredentialsId, ...healthFields }),
  PauseIntegration: strict({ reason: Type.Optional(Reason) }),
  ResumeIntegration: strict({}),
  DisconnectIntegration: strict({}),
});

export type IntegrationCommand = CommandOf<typeof integrationCommands>;
