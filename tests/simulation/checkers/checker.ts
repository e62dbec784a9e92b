import type { Correspondent } from '../clients/correspondent.ts';
import type { Follower } from '../clients/follower.ts';
import type { History } from '../clients/history.ts';
import type { KnownSecrets } from '../clients/known-secrets.ts';
import type { OrderImporter } from '../clients/order-importer.ts';
import type { Owners } from '../clients/owners.ts';
import type { Personnel } from '../clients/personnel.ts';
import type { Pullers } from '../clients/pullers.ts';
import type { Acknowledged } from '../clients/square.ts';
import type { Tills } from '../clients/tills.ts';
import type { Served } from '../clients/wire.ts';
import type { SimNode } from '../nodes/node.ts';
import type { SimNotices } from '../nodes/payment-notices.ts';
import type { Servers } from '../nodes/servers.ts';
import type { Conditions } from '../world/conditions.ts';

/** All that a checker may look at. */
export interface Seen {
  readonly conditions: Conditions;
  readonly servers: Servers;
  readonly nodes: readonly SimNode[];
  readonly history: History;
  /** Webhooks that were acknowledged. */
  readonly acknowledged: readonly Acknowledged[];
  readonly served: readonly Served[];
  readonly notices: SimNotices;
  readonly correspondent: Correspondent;
  readonly personnel: Personnel;
  readonly secrets: KnownSecrets;
  readonly owners: Owners;
  readonly follower: Follower;
  readonly tills: Tills;
  readonly pullers: Pullers;
  readonly orderImporter: OrderImporter;
}

/** Says which rule is broken, by its name, and how. */
export type Fail = (rule: string, message: string) => void;

/** Watches rules that must hold in every world. */
export interface Checker {
  /** After each step: only what is new. */
  onStep?(): void;
  /** After all has come to rest. */
  atEnd?(): void | Promise<void>;
}

export type CreateChecker = (seen: Seen, fail: Fail) => Checker;
