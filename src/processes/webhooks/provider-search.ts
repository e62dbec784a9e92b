import {
  openSearchDay,
  searchProvider,
  type SearchStep,
  sinceOf,
} from '../../commands/webhooks/search-provider.ts';
import type { IntegrationEvent } from '../../domain/integrations/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  SEARCHED_PROVIDERS,
  type SearchedProvider,
  type SearchEvent,
} from '../../domain/provider-searches/index.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  ReactionContext,
  StepHandler,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { providerWork } from './work.ts';

type State = {
  readonly provider: string;
  /** The day in UTC that it searches; empty: it only begins one. */
  readonly day: string;
  readonly since: string;
  readonly searches: number;
  /** Days before without a connection. */
  readonly idleDays: number;
  /** Whether the shop was connected at a search of this day. */
  readonly wasConnected: boolean;
};

const NAME = 'provider-search';
const NEXT = 'next';
const INITIAL: State = {
  ...{ provider: '', day: '', since: '', searches: 0, idleDays: 0, wasConnected: false },
};

/** One instance for each provider and day, and one that begins with each connection. */
function correlate(recorded: RecordedEvent): string | undefined {
  const event = recorded as unknown as SearchEvent | IntegrationEvent;
  if (event.type === 'ProviderSearchOpened') return `${event.data.provider} ${event.data.day}`;
  const { provider, status } = event.data;
  const isSearched = SEARCHED_PROVIDERS.some((each) => each === provider);
  if (!isSearched || status !== 'connected') return undefined;
  return `${provider} connected ${recorded.revision}`;
}

function onEvent(event: SearchEvent | IntegrationEvent, nowMs: number): Reaction<State> {
  if (event.type === 'ProviderSearchOpened') return search({ ...INITIAL, ...event.data });
  const { provider } = event.data;
  const data = { provider, day: formatInstant(nowMs).slice(0, 10), since: sinceOf(nowMs) };
  return {
    state: { ...INITIAL, provider },
    stage: 'beginning',
    steps: [{ step: 'begin', kind: 'open', data: { ...data, idleDays: 0 } }],
  };
}

function search(state: State): Reaction<State> {
  const searches = state.searches + 1;
  const { provider, since } = state;
  return {
    state: { ...state, searches },
    stage: 'searching',
    steps: [{ step: `search ${searches}`, kind: 'search', data: { provider, since } }],
  };
}

function searched(before: State, result: SearchStep, nowMs: number): Reaction<State> {
  const { since, everyMs, isConnected } = result;
  const state = { ...before, since, wasConnected: before.wasConnected || isConnected };
  const today = formatInstant(nowMs).slice(0, 10);
  if (today <= before.day) {
    const setTimers = [{ name: NEXT, afterMs: everyMs }];
    return { state, stage: 'waiting', waitsFor: 'the next search', setTimers };
  }
  const idleDays = state.wasConnected ? 0 : before.idleDays + 1;
  const data = { provider: before.provider, day: today, since, idleDays };
  return { state, stage: 'next day', steps: [{ step: 'next day', kind: 'open', data }] };
}

function react(
  state: State,
  input: ProcessInput,
  { nowMs }: ReactionContext,
): Reaction<State> | undefined {
  switch (input.kind) {
    case 'event':
      return onEvent(input.event as unknown as SearchEvent | IntegrationEvent, nowMs);
    case 'timer':
      return search(state);
    case 'accepted':
      if (!input.step.startsWith('search')) return { state, stage: 'done', ended: 'completed' };
      return searched(state, input.result as unknown as SearchStep, nowMs);
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

const open: StepHandler = async (request, services) => {
  const { provider, day, since, idleDays } = request.data;
  await openSearchDay(providerWork(NAME, request, services), {
    ...{ provider: provider as SearchedProvider, day: String(day) },
    ...{ since: String(since), idleDays: Number(idleDays) },
  });
  return {};
};

const look: StepHandler = async (request, services) => {
  const { provider, since } = request.data;
  const work = providerWork(NAME, request, services);
  return { ...(await searchProvider(work, provider as SearchedProvider, String(since))) };
};

const definition: DurableProcess<State> = {
  name: NAME,
  categories: ['integration', 'providersearch'],
  eventTypes: ['IntegrationTested', 'IntegrationResumed', 'ProviderSearchOpened'],
  correlate,
  initialState: INITIAL,
  react,
  priority: () => 'low',
  handlers: { open, search: look },
};

/** Finds what no webhook reported: every five minutes, for as long as a shop is connected. */
export const providerSearch = durable(definition);
