import type { Shop } from '../../src/domain/kernel/shop.ts';
import { endChaos, setClocks, startChaos } from './chaos.ts';
import { alertMessageRules, alertRules } from './checkers/alerts.ts';
import { answerRules } from './checkers/answers.ts';
import { bookRules } from './checkers/books.ts';
import { createCacheAudit } from './checkers/cached-reads.ts';
import type { Checker, Seen } from './checkers/checker.ts';
import { conflictRules } from './checkers/conflicts.ts';
import { drawerRules } from './checkers/drawers.ts';
import { factRules } from './checkers/facts.ts';
import { fieldMappingRules } from './checkers/field-mappings.ts';
import { fiscalRules } from './checkers/fiscal.ts';
import { followedRules } from './checkers/followed-events.ts';
import { grantRules } from './checkers/grants.ts';
import { identityRules } from './checkers/identity.ts';
import { importedOrderRules } from './checkers/imported-orders.ts';
import { integrationRules } from './checkers/integrations.ts';
import { leaseRules } from './checkers/leases.ts';
import { logRules } from './checkers/log.ts';
import { messageRules } from './checkers/messages.ts';
import { noticeRules } from './checkers/notices.ts';
import { paymentRules } from './checkers/payments.ts';
import { postedBooksRules } from './checkers/posted-books.ts';
import { privacyRules } from './checkers/privacy.ts';
import { providerMoneyRules } from './checkers/provider-money.ts';
import { providerUsageRules } from './checkers/provider-usage.ts';
import { pullRules } from './checkers/pulls.ts';
import { readModelRules } from './checkers/read-models.ts';
import { readingRules } from './checkers/readings.ts';
import { requestedPostingRules } from './checkers/requested-postings.ts';
import { serviceRules } from './checkers/service.ts';
import { createShadow } from './checkers/shadow.ts';
import { stockRules } from './checkers/stock.ts';
import { trueAnswerRules } from './checkers/true-answers.ts';
import { webhookRules } from './checkers/webhooks.ts';
import { createBookkeeper } from './clients/bookkeeper.ts';
import { type Client, createClient } from './clients/client.ts';
import { createCorrespondent } from './clients/correspondent.ts';
import { createFollower } from './clients/follower.ts';
import type { History } from './clients/history.ts';
import { createImporter } from './clients/importer.ts';
import { createKnownSecrets } from './clients/known-secrets.ts';
import { startOperator } from './clients/operator.ts';
import { createOrderImporter } from './clients/order-importer.ts';
import { createOwners } from './clients/owners.ts';
import { createPersonnel } from './clients/personnel.ts';
import { createPullers } from './clients/pullers.ts';
import { type Acknowledged, createSquare } from './clients/square.ts';
import { createStaff } from './clients/staff.ts';
import { startSupervisor } from './clients/supervisor.ts';
import { createTills } from './clients/tills.ts';
import { createWire } from './clients/wire.ts';
import { type Mutant, NO_MUTANT } from './mutants/mutant.ts';
import { createSimNode, type SimNode } from './nodes/node.ts';
import { startNotices } from './nodes/payment-notices.ts';
import { createServers } from './nodes/servers.ts';
import { SHOPS } from './nodes/shops.ts';
import { createRest } from './rest.ts';
import { calmDown, type Conditions } from './world/conditions.ts';
import { createPrng } from './world/prng.ts';
import { drained, installVirtualGlobals, turned } from './world/virtual-globals.ts';
import { type Weather, weatherOf } from './world/weather.ts';
import { createWorld } from './world/world.ts';

const MOST_STEPS = 200_000;
/** Lines at level error that tell of the weather and of no bug. */
const EXPECTED_ERRORS = [
  'projection event could not be appended',
  // What health reports as well: faults of the world, not of the program.
  'read models cannot be updated; retrying',
  'the event log does not store events',
  'stored projections cannot be read',
  'process makes no progress; retrying',
  'deliveries make no progress; retrying',
  'a security incident could not be recorded',
];

export interface Report {
  readonly seed: number;
  readonly steps: number;
  readonly commands: number;
  /** Of the time and label of every step. */
  readonly hash: number;
  readonly failure:
    { readonly rule: string; readonly message: string; readonly step: number } | undefined;
  readonly trace: readonly string[];
}

export interface SimulateOptions {
  readonly mutant?: Mutant;
  /** Another weather than the one that the seed has. */
  readonly weather?: Weather;
  readonly tell?: (line: string) => void;
}

/** Lives through the world of a seed: first with faults, then without, until all has settled. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Report> {
  const { mutant = NO_MUTANT, tell } = options;
  const weather = options.weather ?? weatherOf(createPrng(seed).fork('weather'));
  const world = createWorld({
    seed,
    startedAt: weather.startsAt,
    drained,
    ...(tell && { onTrace: tell }),
  });
  const conditions: Conditions = { world, weather, faults: { ...weather.faults } };
  const restore = installVirtualGlobals(world, () => Math.floor(world.startedAt + world.now));
  const history: History = { entries: [], readings: [] };
  try {
    const wire = createWire(conditions, mutant, (node) => chaos.arrived(node));
    const servers = createServers(conditions, mutant);
    const nodes = createNodes(conditions, mutant, servers, tell);
    const shadow = createShadow();
    const acknowledged: Acknowledged[] = [];
    const { served } = wire;
    const notices = startNotices({ conditions, nodes, servers, wire });
    const fail = world.fail.bind(world);
    const secrets = createKnownSecrets();
    const [first, second] = SHOPS as [Shop, Shop];
    const staff = createStaff({ conditions, nodes, wire, shop: first.id, secrets, fail });
    const personnel = createPersonnel({ conditions, nodes, wire, shop: second.id, secrets, fail });
    const { providers } = servers;
    const owners = createOwners({ conditions, nodes, wire, providers, secrets, fail });
    const events = () => servers.recorded.length;
    const follower = createFollower({ conditions, nodes, wire, secrets, fail });
    const tills = createTills({ conditions, nodes, wire, events, fail });
    const pullers = createPullers({ conditions, nodes, wire, fail });
    const importer = createImporter({ conditions, nodes, wire, shop: first, fail });
    const orderImporter = createOrderImporter({ conditions, nodes, wire, shop: first, fail });
    const { taken } = servers.mail;
    const correspondent = createCorrespondent({ conditions, nodes, wire, shop: first.id, taken });
    const seen: Seen = {
      ...{ conditions, servers, nodes, history, served, acknowledged, notices },
      ...{ personnel, secrets, correspondent, owners, tills, pullers, orderImporter, follower },
    };
    const checkers = [
      logRules,
      leaseRules,
      bookRules(shadow),
      drawerRules,
      stockRules,
      paymentRules,
      noticeRules,
      readModelRules(shadow),
      answerRules,
      trueAnswerRules,
      readingRules(shadow),
      serviceRules,
      alertRules,
      alertMessageRules,
      identityRules,
      webhookRules,
      factRules,
      conflictRules,
      pullRules,
      fiscalRules,
      importedOrderRules,
      providerMoneyRules,
      integrationRules,
      providerUsageRules,
      grantRules,
      fieldMappingRules,
      followedRules,
      postedBooksRules,
      requestedPostingRules,
      privacyRules,
      messageRules,
    ].map((create) => create(seen, fail));
    const clients = createClients(conditions, nodes, {
      wire,
      history,
      events,
    });
    const rest = createRest(seen, shadow, fail);

    for (const node of nodes) node.boot();
    const chaos = startChaos(conditions, nodes);
    const operator = startOperator(conditions, nodes, wire);
    const supervisor = startSupervisor(conditions, nodes, wire, fail);
    const square = createSquare({ conditions, nodes, wire, servers, acknowledged });
    const bookkeeper = createBookkeeper({ conditions, nodes, wire, servers, fail });
    const importers = [importer, orderImporter, bookkeeper, follower];
    const others = [staff, personnel, correspondent, square, owners, tills, pullers, ...importers];
    const work = [...clients, ...others].map((each) => each.work());
    await phase(work);
    operator.stop();
    supervisor.stop();
    calmDown(conditions.faults);
    endChaos(nodes);
    // Commands that need a read model which rests would wait for it in vain.
    await phase([supervisor.settle()]);
    await phase(clients.map((client) => client.settle()));
    await phase([personnel.settle()]);
    await phase([owners.settle()]);
    await phase([tills.settle()]);
    await phase([importer.settle()]);
    await phase([orderImporter.settle()]);
    await phase([rest.posted()]);
    await phase([rest.reached()]);
    await phase([createCacheAudit(seen, fail).settle()]);
    setClocks(nodes);
    await phase([rest.alertsResolved()]);
    await phase([rest.reached()]);
    await phase([bookkeeper.reconcile()]);
    await phase([rest.reached()]);
    await phase([pullers.settle()]);
    // An alert can be raised meanwhile, of which a contact is still to be notified.
    await phase([rest.reached()]);
    if (!world.failure) for (const checker of checkers) await checker.atEnd?.();
    await turned();

    /** Steps until all of it has come to its end, checking after each. */
    async function phase(work: readonly Promise<unknown>[]): Promise<void> {
      let over = false;
      void Promise.all(work).then(
        () => (over = true),
        (error: unknown) => world.fail('no-bug', `the simulation failed: ${String(error)}`),
      );
      await drained();
      while (!over && !world.failure) {
        if (!(await world.step())) world.fail('liveness', 'nothing is left to happen');
        if (world.steps > MOST_STEPS) world.fail('liveness', `no end after ${MOST_STEPS} steps`);
        look(checkers);
      }
    }
  } catch (error) {
    world.fail('no-bug', error instanceof Error ? String(error.stack) : String(error));
  } finally {
    restore();
  }
  const { failure } = world;
  return {
    seed,
    steps: world.steps,
    commands: history.entries.length,
    hash: world.hash,
    failure: failure && { rule: failure.checker, message: failure.message, step: world.steps },
    trace: world.traced(),
  };
}

function look(checkers: readonly Checker[]): void {
  for (const checker of checkers) checker.onStep?.();
}

function createNodes(
  conditions: Conditions,
  mutant: Mutant,
  servers: ReturnType<typeof createServers>,
  tell: SimulateOptions['tell'],
): SimNode[] {
  const { world, weather } = conditions;
  const nodes = Array.from({ length: weather.nodes }, (_, i) =>
    createSimNode({
      conditions,
      servers,
      mutant,
      name: `node-${i + 1}`,
      onError: (line) => {
        if (!EXPECTED_ERRORS.some((text) => line.includes(text))) world.fail('no-bug', line);
      },
      onFailedStart: (node) => world.at(500, `${node.name} is started again`, () => node.boot()),
      ...(tell && { tell }),
    }),
  );
  const tellAll = () => {
    for (const node of nodes) node.tellGrowth();
  };
  servers.onGrowth = tellAll;
  return nodes;
}

function createClients(
  conditions: Conditions,
  nodes: readonly SimNode[],
  rest: Pick<Parameters<typeof createClient>[0], 'wire' | 'history' | 'events'>,
): Client[] {
  const { weather } = conditions;
  const views = SHOPS.slice(0, weather.shops).map(({ id, currency }) => ({
    id,
    currency,
    orders: [],
    customers: [],
    debts: [],
    drawers: [],
    products: [],
    reservations: [],
    payments: [],
  }));
  return Array.from({ length: weather.clients }, (_, i) => {
    const view = views[i % views.length] as (typeof views)[number];
    return createClient({ conditions, name: `till-${i + 1}`, view, nodes, ...rest });
  });
}
