import { environmentOfServers } from './event-store.ts';
import { type BinarySource, findBinary } from './find.ts';
import { createProcessRunner, freePorts, type Place, type Runner, untilTrue } from './runner.ts';

const NODES = 3;
const ATTEMPT_MS = 2_000;

/**
 * Three nodes discover one another by their ports on one loopback address, which containers do not
 * share: a cluster needs a binary.
 */
export function findEventStoreCluster(): BinarySource {
  return findBinary('EVENTSTORE_BIN', 'eventstored');
}

export interface ClusterNode extends Pick<Runner, 'port' | 'freeze' | 'thaw' | 'kill'> {
  /** Restarts it with its data; `EventStoreCluster.complete` resolves once it has joined. */
  start(): Promise<void>;
}

/** A node that is restarted when it ends by itself. */
interface SupervisedNode extends ClusterNode {
  supervise(): Promise<void>;
  remove(): Promise<void>;
}

export interface EventStoreCluster {
  /** Names all nodes and requires the leader, as an installation does. */
  readonly connectionString: string;
  readonly nodes: readonly ClusterNode[];
  /** The leader, as soon as the live nodes agree on one. */
  leader(): Promise<ClusterNode>;
  /** Resolves when there is one leader and all other nodes follow it. */
  complete(): Promise<void>;
  /** Kills all nodes and removes their files. */
  stop(): Promise<void>;
}

/** Starts three nodes on free loopback ports, on disk, and waits until all have joined. */
export async function startEventStoreCluster(path: string): Promise<EventStoreCluster> {
  const ports = await freePorts(2 * NODES);
  const httpPorts = ports.slice(0, NODES);
  const argsOf = (httpPort: number, replicationPort: number) => (place: Place) => [
    '--insecure',
    `--cluster-size=${NODES}`,
    '--discover-via-dns=false',
    `--gossip-seed=${httpPorts
      .filter((port) => port !== httpPort)
      .map(addressOf)
      .join(',')}`,
    `--node-ip=${place.host}`,
    `--replication-ip=${place.host}`,
    `--http-port=${httpPort}`,
    `--replication-port=${replicationPort}`,
    '--gossip-interval-ms=500',
    // On a busy machine a reply may be late; a dead node shows by its closed connections.
    '--gossip-timeout-ms=5000',
    '--leader-election-timeout-ms=3000',
    '--replication-heartbeat-timeout=5000',
    '--replication-heartbeat-interval=1000',
    '--run-projections=None',
    '--enable-atom-pub-over-http=false',
    `--log=${place.folder}/log`,
    `--db=${place.folder}/db`,
  ];
  const nodes = httpPorts.map((port, i) => {
    const args = argsOf(port, ports[NODES + i]!);
    return supervised(createProcessRunner({ path, port, args, env: environmentOfServers() }));
  });
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.remove()));
  };

  async function leader(): Promise<ClusterNode> {
    let found: ClusterNode | undefined;
    await untilClusterIs('led by one node', async () => {
      const leaders = new Set((await views(nodes)).map(leaderOf));
      const [port] = leaders;
      found = leaders.size === 1 ? nodes.find((node) => node.port === port) : undefined;
      return found !== undefined;
    });
    if (!found) throw new Error('expected a leader');
    return found;
  }

  const complete = () =>
    untilClusterIs('complete', async () => {
      for (const node of nodes) await node.supervise();
      const seen = await views(nodes);
      return seen.length === NODES && seen.every(isComplete);
    });

  try {
    await Promise.all(nodes.map((node) => node.start()));
    await complete();
  } catch (error) {
    await stop();
    throw error;
  }
  const connectionString = `esdb://${httpPorts.map(addressOf).join(',')}?tls=false&nodePreference=leader`;
  return { connectionString, nodes, leader, complete, stop };
}

/**
 * A leader that died before the others had all of its log truncates its log when it is back: it
 * notes the position and ends, and truncates at its next start.
 */
function supervised(runner: Runner): SupervisedNode {
  let wanted = false;
  return {
    port: runner.port,
    freeze: () => runner.freeze(),
    thaw: () => runner.thaw(),
    remove: () => runner.remove(),
    async start() {
      wanted = true;
      await runner.start();
    },
    async kill() {
      wanted = false;
      await runner.kill();
    },
    async supervise() {
      if (wanted && runner.failure() !== undefined) await runner.start();
    },
  };
}

function untilClusterIs(state: string, ask: () => Promise<boolean>): Promise<void> {
  return untilTrue(`the cluster to be ${state}`, ask);
}

function addressOf(port: number): string {
  return `127.0.0.1:${port}`;
}

/** A node as seen by another one, in the response of `/gossip`. */
interface MemberSeen {
  readonly state: string;
  readonly isAlive: boolean;
  readonly httpEndPointPort: number;
}

/** The view of each responding node on all nodes. */
async function views(nodes: readonly ClusterNode[]): Promise<readonly (readonly MemberSeen[])[]> {
  const asked = nodes.map(async ({ port }) => {
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    const answer = await fetch(`http://${addressOf(port)}/gossip`, { signal });
    return ((await answer.json()) as { members: MemberSeen[] }).members;
  });
  const settled = await Promise.allSettled(asked);
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function leaderOf(members: readonly MemberSeen[]): number | undefined {
  const leaders = members.filter(({ state, isAlive }) => isAlive && state === 'Leader');
  return leaders.length === 1 ? leaders[0]!.httpEndPointPort : undefined;
}

function isComplete(members: readonly MemberSeen[]): boolean {
  const states = members.filter(({ isAlive }) => isAlive).map(({ state }) => state);
  return states.sort().join() === 'Follower,Follower,Leader';
}
