import { createMemoryPasswords, createMemoryTokens } from '../../../src/adapters/memory/tokens.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { systemPhoneNumbers } from '../../../src/adapters/system/phone-numbers.ts';
import { createLiquidRenderer } from '../../../src/adapters/templates/liquid.ts';
import { type App, createApp } from '../../../src/app/app.ts';
import { openWebhookSources } from '../../../src/boot/open-webhook-sources.ts';
import { features as allFeatures } from '../../../src/features/index.ts';
import { NO_HOST } from '../../../src/ports/host.ts';
import { SIM_ALERT_RULES } from '../checkers/alerts.ts';
import type { Mutant } from '../mutants/mutant.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import type { Writable } from '../world/world.ts';
import { createSimApi, type SimApi, type SimRequest, type SimResponse } from './api.ts';
import { createNodeCache } from './cache.ts';
import { createNodeClock, createNodeIds, createNodeLogger, type WallError } from './clock.ts';
import { createNodeLog, type NodeLog } from './event-log.ts';
import { createLocalLine, createNetwork } from './line.ts';
import { ALERT_CONTACTS, createNodeTransports, PUBLIC_URL, REPORT_SECRET } from './mail.ts';
import { asOlderProgram } from './older-program.ts';
import { createSimNotices } from './payment-notices.ts';
import { createNodePayments } from './payment-provider.ts';
import { createNodeOAuths } from './provider-grants.ts';
import { createNodeProviders } from './providers.ts';
import { createNodeReadStore, createNodeSnapshots } from './read-store.ts';
import type { Servers } from './servers.ts';
import { CALENDAR, SHOPS, SQUARE_APP } from './shops.ts';
import { createNodeVault } from './vault.ts';

const LEASE_MS = 3_000;
const WEBHOOK_SOURCES = openWebhookSources(JSON.stringify([SQUARE_APP]));
/** Longest time from SIGTERM to the end, in ms of the world. */
export const GRACE_MS = 30_000;

export interface SimNode {
  readonly name: string;
  readonly wall: WallError;
  /** The life it has now; undefined while it is down. */
  readonly life: Life | undefined;
  /** Set while it takes requests. */
  readonly app: App | undefined;
  boot(): void;
  /** SIGKILL: what it was doing is never done. */
  kill(): void;
  /** SIGTERM: `ended` is called when it has come to its end. */
  terminate(ended: () => void): void;
  /** The log has grown. */
  tellGrowth(): void;
  serve(request: SimRequest): Promise<SimResponse>;
}

export interface NodeOptions {
  readonly conditions: Conditions;
  readonly servers: Servers;
  readonly mutant: Mutant;
  readonly name: string;
  readonly onError: (line: string) => void;
  /** It could not start, as a process does that ends with an error. */
  readonly onFailedStart: (node: SimNode) => void;
  readonly tell?: (line: string) => void;
}

interface Running {
  readonly life: Life;
  readonly app: App;
  readonly api: SimApi;
  readonly nodeLog: NodeLog;
  told: boolean;
}

/** A process of the product over the servers of the world. */
export function createSimNode(options: NodeOptions): SimNode {
  const { conditions, servers, mutant, name, onError, onFailedStart, tell } = options;
  const { world, weather } = conditions;
  const features = mutant.features?.(allFeatures) ?? allFeatures;
  const routes = features.flatMap((feature) => feature.routes);
  const shops = SHOPS.slice(0, weather.shops);
  const role = weather.topology === 'split' ? (name.endsWith('1') ? 'worker' : 'api') : 'all';
  const wall: WallError = { offsetMs: 0, stillAt: undefined };
  let running: Running | undefined;
  let lives = 0;

  function start(mine: Life): void {
    const line = (weather.topology === 'embedded' ? createLocalLine : createNetwork)(
      conditions,
      mine,
    );
    const nodeLog = createNodeLog(conditions, line, servers.log);
    const older = world.rnd('versions').chance(weather.olderStarts);
    const log = older ? asOlderProgram(nodeLog.log) : nodeLog.log;
    const nodeStore = createNodeReadStore(conditions, line, servers.readStore);
    // The providers are elsewhere, also for stores in the same process.
    const outside = createNetwork(conditions, mine);
    const payments = createNodePayments(conditions, outside, servers.payments);
    const providers = createNodeProviders(conditions, outside, servers.providers);
    const oauths = createNodeOAuths(conditions, outside, servers.providers.grants);
    const { mail } = servers;
    const clock = createNodeClock(world, mine, wall);
    const notices = createSimNotices(clock);
    const { leases } = servers;
    const app = createApp({
      ports: {
        log: mutant.nodeLog?.(log, world) ?? log,
        readStore: mutant.nodeReadStore?.(nodeStore, world) ?? nodeStore,
        snapshots: createNodeSnapshots(conditions, line, servers.snapshots),
        ...createNodeTransports({ conditions, line: outside, mail, sender: mine }),
        vault: createNodeVault(conditions, line, servers.vault),
        webhookSources: WEBHOOK_SOURCES,
        paymentProvider: mutant.payments?.(payments, world) ?? payments,
        oauth: mutant.oauths?.(oauths) ?? oauths,
        providerClients: mutant.providers?.(providers) ?? providers,
        paymentNotices: mutant.notices?.(notices) ?? notices,
        keyRing: servers.keyRing,
        cipher: servers.cipher,
        cache: createNodeCache(conditions, mine, servers.cache),
        clock,
        ids: createNodeIds(world),
        digest: mutant.digest?.(systemDigest) ?? systemDigest,
        renderer: createLiquidRenderer(),
        phones: systemPhoneNumbers,
        // A file is made with threads of its own, whose time is not that of the world.
        receipts: { render: (receipt) => Promise.resolve(Buffer.from(receipt.title)) },
        passwords: createMemoryPasswords(systemDigest),
        tokens: createMemoryTokens(systemDigest),
        calendar: CALENDAR,
        host: { ...NO_HOST, instance: name },
        logger: createNodeLogger(
          (text) => mine.alive && onError(`${mine.name}: ${text}`),
          tell && ((text) => mine.alive && tell(`${mine.name}:${text}`)),
        ),
      },
      features,
      shops: () => shops,
      publicUrl: PUBLIC_URL,
      deliveryReportSecret: REPORT_SECRET,
      auditEveryMs: weather.auditEveryMs,
      cachedStreams: weather.cachedStreams,
      snapshotEveryEvents: weather.snapshotEveryEvents,
      projectionLimits: { cachedRevisions: 256 },
      alertContacts: mutant.alertContacts?.(ALERT_CONTACTS) ?? ALERT_CONTACTS,
      alertRules: mutant.alertRules?.(SIM_ALERT_RULES) ?? SIM_ALERT_RULES,
      ...(weather.topology !== 'embedded' && {
        sharing: {
          leases: {
            acquire: (...args) => line.call('lease acquire', () => leases.acquire(...args)),
            release: (...args) => line.call('lease release', () => leases.release(...args)),
            held: () => line.ask('leases', () => leases.held()),
          },
          holder: mine.name,
          leaseMs: LEASE_MS,
          role,
        },
      }),
    });
    const { services } = app;
    const commands = mutant.commands?.(services.commands) ?? services.commands;
    const api = createSimApi({ ...services, commands }, routes);
    const now: Running = { life: mine, app, api, nodeLog, told: false };
    running = now;
    app.start().then(
      () => {
        if (running === now) node.app = app;
        world.note('takes requests');
      },
      (error: unknown) => {
        world.note(`cannot start: ${String(error)}`);
        node.kill();
        onFailedStart(node);
      },
    );
  }

  const node: Writable<SimNode> = {
    name,
    wall,
    life: undefined,
    app: undefined,
    boot() {
      if (node.life) return;
      const mine: Life = { name: `${name}.${++lives}`, alive: true, pausedUntil: 0 };
      node.life = mine;
      world.at(0, 'boots', () => start(mine), mine);
    },
    kill() {
      if (node.life) node.life.alive = false;
      node.life = undefined;
      node.app = undefined;
      running = undefined;
    },
    terminate(ended) {
      const mine = running;
      if (!mine) return;
      world.at(
        0,
        'SIGTERM',
        () => {
          const stopped = mine.api.drain().then(() => mine.app.stop());
          void stopped.then(() => {
            if (running === mine) node.kill();
            ended();
          });
        },
        mine.life,
      );
    },
    tellGrowth() {
      const mine = running;
      if (!mine || mine.told) return;
      mine.told = true;
      const grown = () => {
        mine.told = false;
        mine.nodeLog.wake.notify();
      };
      world.at(world.rnd('growth').next() * weather.latencyMs, 'log has grown', grown, mine.life);
    },
    serve(request) {
      if (!running) return Promise.reject(new Error('connection refused'));
      return running.api.serve(request);
    },
  };
  return node;
}
