import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../../kernel/define-commands.ts';
import { optional, strict } from '../../kernel/schema.ts';
import { BranchId } from '../users/events.ts';
import { KeyExpiry, KeyName, KeyRole, KeyScopes } from './events.ts';

/** A month: long enough to change a key in every machine that has it. */
const MAX_OVERLAP_HOURS = 720;
export const DEFAULT_OVERLAP_HOURS = 24;

export const apiKeyCommands = defineCommands({
  AddApiKey: strict({
    name: KeyName,
    role: KeyRole,
    branchId: optional(BranchId),
    scopes: optional(KeyScopes),
    expiresAt: optional(KeyExpiry),
  }),
  RotateApiKey: strict({
    overlapHours: optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_HOURS,
        description: `Hours for which the secret before stays valid; ${DEFAULT_OVERLAP_HOURS} by default.`,
      }),
    ),
  }),
  RevokeApiKey: strict({}),
});

export type ApiKeyCommand = CommandOf<typeof apiKeyCommands>;
