import type { AlertContact, AlertRules } from '../../../src/domain/alerts/index.ts';
import type { CommandEngine } from '../../../src/engine/commands/command-engine.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Digest } from '../../../src/ports/digest.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { Leases } from '../../../src/ports/lease.ts';
import type { PaymentNotices } from '../../../src/ports/payment-notices.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import type { ProviderClients } from '../../../src/ports/provider-client.ts';
import type { ProviderOAuths } from '../../../src/ports/provider-oauth.ts';
import type { ReadStore } from '../../../src/ports/read-store.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import type { SimRequest, SimResponse } from '../nodes/api.ts';
import type { World } from '../world/world.ts';

/**
 * A bug put in on purpose, to see whether the checkers find it. It lives in what the simulation
 * hands to the product, never in the product itself.
 */
export interface Mutant {
  readonly name: string;
  /** The bug of an engine or of a store that it stands for. */
  readonly standsFor: string;
  /** The log as it is kept. */
  readonly log?: (log: EventLog, world: World) => EventLog;
  /** The read store as it is kept. */
  readonly readStore?: (store: ReadStore, world: World) => ReadStore;
  readonly vault?: (vault: Vault) => Vault;
  readonly leases?: (leases: Leases) => Leases;
  /** The clock of the log: its time for a time of the world. */
  readonly logTime?: (ms: number, world: World) => number;
  /** The log as a node uses it. */
  readonly nodeLog?: (log: EventLog, world: World) => EventLog;
  readonly nodeReadStore?: (store: ReadStore, world: World) => ReadStore;
  readonly payments?: (provider: PaymentProvider, world: World) => PaymentProvider;
  readonly providers?: (clients: ProviderClients) => ProviderClients;
  readonly oauths?: (oauths: ProviderOAuths) => ProviderOAuths;
  readonly notices?: (notices: PaymentNotices) => PaymentNotices;
  readonly digest?: (digest: Digest) => Digest;
  /** How routes give commands, and so by which rules these are decided. */
  readonly commands?: (commands: CommandEngine) => CommandEngine;
  readonly alertContacts?: (contacts: readonly AlertContact[]) => readonly AlertContact[];
  readonly alertRules?: (rules: AlertRules) => AlertRules;
  readonly features?: (features: readonly Feature[]) => readonly Feature[];
  /** A request as it comes in; `attempt` counts the tries of one command from 1. */
  readonly request?: (request: SimRequest, attempt: number) => SimRequest;
  readonly response?: (response: SimResponse, request: SimRequest, world: World) => SimResponse;
}

export const NO_MUTANT: Mutant = { name: 'none', standsFor: 'the product as it is' };
