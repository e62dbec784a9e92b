import { removeUnused } from '../commands/integrations/credentials.ts';
import type { EventTypes } from '../domain/kernel/event-types.ts';
import { type ShopSource, storeIdsOf } from '../domain/kernel/shop.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import {
  createSealedCredentials,
  type SealedCredentials,
} from '../engine/credentials/sealed-credentials.ts';
import { createSingleUseSecrets, type SingleUseSecrets } from '../engine/credentials/single-use.ts';
import { createSealedBodies, type SealedBodies } from '../engine/intake/sealed-bodies.ts';
import { type CallerOrigins, createCallerOrigins } from '../engine/personal-data/caller-origins.ts';
import { createMasterKeys, type MasterKeys } from '../engine/personal-data/master-keys.ts';
import { openedLog } from '../engine/personal-data/opened-log.ts';
import { createPersonalData, type PersonalData } from '../engine/personal-data/personal-data.ts';
import { createSubjectKeys, type SubjectKeys } from '../engine/personal-data/subject-keys.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Ports } from './options.ts';

/** Pause between two passes over the keys: a rotation and its work need no more than an hour. */
const MAINTENANCE_MS = 3_600_000;

/** A token of a card is not valid for longer. */
const PAYMENT_SOURCE_MS = 86_400_000;

interface Sources {
  readonly ports: Ports;
  readonly types: EventTypes;
  readonly shops: ShopSource;
  readonly log: EventLog;
  readonly originMonths: number;
}

/** Personal data of this system: encrypted where it is stored, opened where it is read. */
export function openPersonalData({ ports, types, shops, log, originMonths }: Sources): {
  readonly keys: SubjectKeys;
  readonly personalData: PersonalData;
  readonly origins: CallerOrigins;
  readonly webhookBodies: SealedBodies;
  readonly credentials: SealedCredentials;
  readonly secrets: SingleUseSecrets;
  readonly paymentSources: SealedCredentials;
  readonly masterKeys: MasterKeys;
  readonly log: EventLog;
} {
  const keys = createSubjectKeys(ports);
  const personalData = createPersonalData(types, ports.cipher, keys);
  return {
    keys,
    personalData,
    origins: createCallerOrigins({ ...ports, keys, retentionMonths: originMonths }),
    webhookBodies: createSealedBodies({ ...ports, keys }),
    credentials: createSealedCredentials({ ...ports, keys }),
    secrets: createSingleUseSecrets({ ...ports, keys }),
    paymentSources: createSealedCredentials({
      ...{ ...ports, keys, kind: 'payment-source' },
      kept: { forMs: PAYMENT_SOURCE_MS, clock: ports.clock },
    }),
    masterKeys: createMasterKeys({ ...ports, shops }),
    log: openedLog(log, personalData),
  };
}

interface Maintained {
  readonly masterKeys: MasterKeys;
  readonly origins: CallerOrigins;
  readonly credentials: SealedCredentials;
}

/**
 * Replaces old master keys, destroys old keys of origins, and removes credentials that no
 * connection uses, such as those that an instance stored just before it died: at the start, and
 * while the system runs. A failed pass is repeated in the next one.
 */
export async function maintainKeys(
  { masterKeys, origins, credentials }: Maintained,
  { shops, commands }: { readonly shops: ShopSource; readonly commands: CommandEngine },
  { clock, logger }: Pick<Ports, 'clock' | 'logger'>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await masterKeys.maintain();
      for (const storeId of storeIdsOf(shops)) {
        await origins.expire(storeId);
        await removeUnused({ credentials }, { commands, context: { storeId } });
      }
    } catch (error) {
      if (stopping.aborted) return;
      logger.warn({ error: String(error) }, 'keys and credentials could not be maintained');
    }
    await clock.sleep(MAINTENANCE_MS, stopping);
  }
}
