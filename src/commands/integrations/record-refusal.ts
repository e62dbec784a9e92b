import { integrationDecider } from '../../domain/integrations/index.ts';
import { dispatch } from '../../engine/commands/sequence.ts';
import type { Ids } from '../../ports/ids.ts';
import { ownSequence, type OwnSequenceParts } from './own-sequence.ts';
import type { TokenOwner } from './tokens.ts';

interface Parts extends OwnSequenceParts {
  readonly ids: Ids;
}

/**
 * Records that a provider has ended the grant of a connection. Once: a connection that is refused
 * already, or has other credentials by now, records nothing.
 */
export async function recordRefusal(
  parts: Parts,
  { storeId, provider, credentialsId }: TokenOwner,
  code: string,
): Promise<void> {
  const commandId = `refused ${parts.ids.uuid()}`;
  const sequence = ownSequence(parts, storeId, commandId);
  const data = { credentialsId, isAccepted: false, code };
  const command = { type: 'RecordTest', data } as const;
  await dispatch(sequence, commandId, integrationDecider, provider, command);
}
