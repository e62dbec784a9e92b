import type { Prng } from './prng.ts';

/**
 * How bad a world is, fault by fault: probabilities, or milliseconds where the name says so. 0 is
 * no such fault. The numbers are those of the table of faults that the project tests against.
 */
export interface Faults {
  /** 1: an append that never reaches the log; its outcome is unknown. */
  appendRequestLost: number;
  /** 2: an append that is stored, while its answer is lost. */
  appendAnswerLost: number;
  /** 2: an append that is stored long after its writer was told that the outcome is unknown. */
  appendLate: number;
  /** 4: the log has no leader for a moment, or is busy: nothing stored, try again. */
  appendRefused: number;
  /** 4 and 9: a read of the log that fails. */
  logReadFails: number;
  /** 6: a message of a subscription that comes twice. */
  subscriptionTwice: number;
  /** 7: a subscription that says nothing any more. */
  subscriptionSilent: number;
  /** 8: a subscription that begins further back than it was asked to. */
  subscriptionRewound: number;
  /** 9: a subscription that is cut, as a slow consumer is. */
  subscriptionCut: number;
  /** 7 and 9: an event that a subscription leaves out. */
  eventHidden: number;
  /** 13 and 14: a call of the read store that fails before it did anything. */
  storeFails: number;
  /** 13: a commit of the read store that is done, while its answer is lost. */
  storeAnswerLost: number;
  /** 19: a lease that its keeper forgets, so that two believe to have it. */
  leaseLost: number;
  /** 20: how far the clocks of two nodes differ, in ms. */
  clockSkewMs: number;
  /** 20: how far a clock jumps now and then, forwards or backwards, in ms. */
  clockJumpMs: number;
  /** 21: a clock that stands still for a while. */
  clockStill: number;
  /** 28: how often a node is killed, per second of the world. */
  crash: number;
  /** 29: how often a node is stopped by SIGTERM and started again, per second. */
  restart: number;
  /** 30: how long a node's event loop stands still now and then, in ms. */
  pauseMs: number;
  /** A request between client and node that is lost, or its answer. */
  requestLost: number;
  answerLost: number;
  /** 23: a call of a provider that never reaches it, or long after its caller left. */
  chargeLost: number;
  /** 23: a call of a provider that is done, while its answer is lost. */
  chargeAnswerLost: number;
  /** A snapshot that is damaged, stale, or of another stream. */
  snapshotBad: number;
}

export type FaultName = keyof Faults;

/** How far each fault goes at most, in a world that has it. */
const MOST: Faults = {
  appendRequestLost: 0.1,
  appendAnswerLost: 0.1,
  appendLate: 0.08,
  appendRefused: 0.15,
  logReadFails: 0.05,
  subscriptionTwice: 0.2,
  subscriptionSilent: 0.1,
  subscriptionRewound: 0.5,
  subscriptionCut: 0.1,
  eventHidden: 0.04,
  storeFails: 0.03,
  storeAnswerLost: 0.05,
  leaseLost: 0.05,
  clockSkewMs: 5_000,
  clockJumpMs: 60_000,
  clockStill: 0.2,
  crash: 0.5,
  restart: 0.3,
  pauseMs: 3_000,
  requestLost: 0.08,
  answerLost: 0.08,
  snapshotBad: 0.3,
  chargeLost: 0.3,
  chargeAnswerLost: 0.3,
};
/** Drawn last: the worlds that were there before them stay as they were. */
const LATER: readonly FaultName[] = ['chargeLost', 'chargeAnswerLost'];

export const FAULT_NAMES = Object.keys(MOST) as FaultName[];
export const NO_FAULTS = Object.fromEntries(
  FAULT_NAMES.map((name) => [name, 0]),
) as unknown as Faults;

/** How the nodes of a world are put together. */
export type Topology =
  /** One process with all of it inside, its stores in the same process. */
  | 'embedded'
  /** Several processes over stores elsewhere, which share the work by leases. */
  | 'shared'
  /** As shared, and half of the nodes take requests only. */
  | 'split';

export interface Weather {
  readonly topology: Topology;
  readonly nodes: number;
  readonly shops: number;
  readonly clients: number;
  readonly commandsPerClient: number;
  /** Longest usual time of one way to a store, in ms. */
  readonly latencyMs: number;
  /** Streams that a node keeps at hand. */
  readonly cachedStreams: number;
  readonly snapshotEveryEvents: number;
  readonly auditEveryMs: number;
  /** Whether somebody rebuilds and audits read models meanwhile. */
  readonly operator: boolean;
  /** Whether somebody pauses and resumes read models and gives rebuilds up meanwhile. */
  readonly supervisor: boolean;
  /** 34: share of the starts of a node at which it is still the version before of the program. */
  readonly olderStarts: number;
  /** Whether the payment provider sends notices, and makes some charges late that had failed. */
  readonly notices: boolean;
  /** The wall clock when the world begins, in ms since 1970. */
  readonly startsAt: number;
  readonly faults: Faults;
}

/** Moments at which calendars go wrong: changes of summer time, leap days, ends of years. */
const BEGINNINGS = [
  '2027-01-12T14:00:00Z',
  '2027-03-14T09:59:30Z',
  '2027-11-07T08:59:00Z',
  '2027-03-28T00:59:50Z',
  '2028-02-28T23:59:40Z',
  '2028-02-29T23:59:40Z',
  '2026-12-31T23:59:55Z',
  '2027-06-05T08:59:58Z',
];

/** How often each is met. */
const TOPOLOGIES: readonly Topology[] = ['embedded', 'embedded', 'shared', 'shared', 'split'];

/** Each world has some faults and not others: what hides behind one shows without it. */
export function weatherOf(rnd: Prng): Weather {
  const topology = rnd.pick(TOPOLOGIES);
  const calm = rnd.chance(0.05);
  const faults = { ...NO_FAULTS };
  const drawFault = (name: FaultName) => {
    const present = rnd.chance(0.3);
    const share = rnd.between(0.2, 1);
    if (present && !calm) faults[name] = MOST[name] * share;
  };
  for (const name of FAULT_NAMES) if (!LATER.includes(name)) drawFault(name);
  const clients = 3 + rnd.below(4);
  const drawn = {
    topology,
    nodes: topology === 'embedded' ? 1 : 2 + rnd.below(2),
    shops: 2 + rnd.below(2),
    clients,
    commandsPerClient: Math.ceil((40 + rnd.below(4)) / clients),
    latencyMs: rnd.pick([1, 3, 10, 30]),
    cachedStreams: rnd.pick([2, 8, 64]),
    snapshotEveryEvents: rnd.pick([3, 10, 100]),
    auditEveryMs: faults.eventHidden > 0 || rnd.chance(0.2) ? 15_000 : 0,
    operator: rnd.chance(0.25),
    startsAt: Date.parse(rnd.pick(BEGINNINGS)) - rnd.below(20_000),
    // What is drawn last leaves the worlds that were there before as they were.
    supervisor: rnd.chance(0.2),
    olderStarts: rnd.chance(0.2) ? 0.6 : 0,
  };
  LATER.forEach(drawFault);
  return { ...drawn, faults, notices: rnd.chance(0.5) };
}
