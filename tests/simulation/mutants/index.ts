import { alertMutants } from './alerts.ts';
import { booksMutants } from './books.ts';
import { followedMutants } from './followed-events.ts';
import { identityMutants } from './identity.ts';
import { importMutants } from './imports.ts';
import { integrationMutants } from './integrations.ts';
import { logMutants } from './log.ts';
import { messageMutants } from './messages.ts';
import type { Mutant } from './mutant.ts';
import { paymentMutants } from './payments.ts';
import { readStoreMutants } from './read-store.ts';
import { ruleMutants } from './rules.ts';
import { syncMutants } from './sync.ts';
import { webhookMutants } from './webhooks.ts';
import { wireMutants } from './wire.ts';

/** All bugs that are put in on purpose. */
export const mutants: readonly Mutant[] = [
  ...logMutants,
  ...readStoreMutants,
  ...ruleMutants,
  ...wireMutants,
  ...alertMutants,
  ...paymentMutants,
  ...identityMutants,
  ...messageMutants,
  ...webhookMutants,
  ...integrationMutants,
  ...syncMutants,
  ...importMutants,
  ...booksMutants,
  ...followedMutants,
];
