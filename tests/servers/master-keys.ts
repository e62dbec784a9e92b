import { randomBytes } from 'node:crypto';

import { openKeyRingSettings } from '../../src/adapters/system/key-ring.ts';

const CURRENT_KEY_ID = 'mk-shared';
const ENCRYPTION_KEYS = JSON.stringify({ [CURRENT_KEY_ID]: randomBytes(32).toString('hex') });

/** Personal data that one process has encrypted is read by all others. */
export const sharedMasterKeys = {
  settings: { ENCRYPTION_KEYS, CURRENT_KEY_ID },
  keyRing: () => openKeyRingSettings(ENCRYPTION_KEYS, CURRENT_KEY_ID),
};
