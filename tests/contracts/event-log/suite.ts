import { jest } from '@jest/globals';

import type { EventLog } from '../../../src/ports/event-log.ts';
import { follow, type Follower, type FollowOptions } from '../../support/event-log.ts';
import { describeAppends } from './append.ts';
import { describeClosing } from './closing.ts';
import { describeContent } from './content.ts';
import { describeIdempotency } from './idempotency.ts';
import { describeLimits } from './limits.ts';
import { describeLoad } from './load.ts';
import { describeReads } from './reads.ts';
import { describeReopening } from './reopening.ts';
import { describeSubscriptions } from './subscriptions.ts';

export interface OpenedLog {
  readonly log: EventLog;
  /** Opens the same log again after it was closed; absent where nothing outlives a close. */
  readonly reopen?: () => Promise<EventLog>;
  /** Closes whatever is open and removes what was stored. */
  readonly destroy: () => Promise<void>;
}

export type EventLogFactory = () => Promise<OpenedLog>;

/** What is known of an adapter beyond the port; what is absent makes its tests show as skipped. */
export interface EventLogCapabilities {
  /** Each opened log starts empty and nobody else writes to it. */
  readonly alone?: boolean;
  /** The size limit counts data and metadata alone, exact to the byte. */
  readonly exactLimit?: boolean;
  /** `reopen` is there. */
  readonly reopens?: boolean;
  /** How often one subscription may break and be taken up again, as a network makes it. */
  readonly maxResubscribes?: number;
  /** For one test; default 10,000. */
  readonly timeoutMs?: number;
}

/** What the themes of the suite share. */
export interface Contract {
  /** One log for all tests, so that each of them meets the events of the others. */
  readonly log: () => EventLog;
  /** A log that this test may close; destroyed after it. */
  readonly openOwn: () => Promise<OpenedLog>;
  /** A subscription that is taken up again as often as the adapter may lose it. */
  readonly follow: (options: FollowOptions, log?: EventLog) => Follower;
  readonly capabilities: EventLogCapabilities;
  /** `it` where the adapter has the capability, a visible `it.skip` elsewhere. */
  readonly itWith: (capability: 'alone' | 'exactLimit' | 'reopens') => typeof it;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * What every event log must do. Nothing is assumed of positions but that they grow, and every
 * test looks at its own streams and categories only, so that a shared server will do.
 */
export function describeEventLogContract(
  name: string,
  factory: EventLogFactory,
  capabilities: EventLogCapabilities = {},
): void {
  describe(`event log contract over ${name}`, () => {
    let shared: OpenedLog | undefined;
    const own: OpenedLog[] = [];
    const followers: Follower[] = [];
    jest.setTimeout(capabilities.timeoutMs ?? DEFAULT_TIMEOUT_MS);

    beforeAll(async () => {
      shared = await factory();
    });
    afterEach(async () => {
      await Promise.allSettled(followers.splice(0).map((follower) => follower.stop()));
      for (const opened of own.splice(0)) await opened.destroy();
    });
    afterAll(async () => {
      await shared?.destroy();
    });

    const log = () => {
      if (!shared) throw new Error('expected an open log, found none');
      return shared.log;
    };
    const contract: Contract = {
      log,
      openOwn: async () => {
        const opened = await factory();
        own.push(opened);
        return opened;
      },
      follow: (options, followed = log()) => {
        const { maxResubscribes = 0 } = capabilities;
        const follower = follow(followed, { maxResubscribes, ...options });
        followers.push(follower);
        return follower;
      },
      capabilities,
      itWith: (capability) => (capabilities[capability] ? it : it.skip),
    };

    describe('append', () => describeAppends(contract));
    describe('idempotency', () => describeIdempotency(contract));
    describe('content', () => describeContent(contract));
    describe('limits', () => describeLimits(contract));
    describe('reads', () => describeReads(contract));
    describe('subscriptions', () => describeSubscriptions(contract));
    describe('load', () => describeLoad(contract));
    describe('closing', () => describeClosing(contract));
    describe('reopening', () => describeReopening(contract));
  });
}
