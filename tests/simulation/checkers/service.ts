import { REQUEST_LIMIT_MS } from '../clients/wire.ts';
import type { CreateChecker } from './checker.ts';

/** Rules of the service itself: no bug shows, none is suspected, and nothing takes for ever. */
export const serviceRules: CreateChecker = ({ served, history, conditions, servers }, fail) => {
  let checked = 0;
  let answered = 0;
  let read = 0;
  const { weather } = conditions;
  // Documents only ever lack what was hidden from a subscription.
  const sound = weather.faults.eventHidden === 0;
  const slackMs = weather.faults.pauseMs;

  return {
    onStep() {
      for (; checked < served.length; checked++) {
        const { request, node, ms } = served[checked] as (typeof served)[number];
        if (ms <= REQUEST_LIMIT_MS + slackMs) continue;
        fail('deadline', `${node} took ${Math.round(ms)} ms for ${request.method} ${request.url}`);
      }
      for (; answered < history.readings.length; answered++) {
        const { request, response } = history.readings[answered] as (typeof history.readings)[0];
        if (response.status < 500 || response.status === 503) continue;
        fail('no-bug', `${request.url} was ${response.status} ${response.body}`);
      }
      for (; read < servers.recorded.length; read++) {
        const { type, data } = servers.recorded[read] as (typeof servers.recorded)[0];
        if (type !== 'GapFound' || !sound) continue;
        // What a process sent before it lost its lease may still reach what another builds.
        const { kind } = data as { kind?: string };
        if (kind === 'checkpoint-moved' && weather.topology !== 'embedded') continue;
        fail('no-false-alarm', JSON.stringify(data));
      }
    },
  };
};
