import {
  integrationDecider,
  type IntegrationEvent,
} from '../../../src/domain/integrations/index.ts';

type Command = Parameters<typeof integrationDecider.decide>[0];

const FIRST = 'a'.repeat(32);
const SECOND = 'b'.repeat(32);
const context = {
  ...{ storeId: 'a', entityId: 'square', commandId: 'c' },
  ...{ now: '2026-11-24T10:00:00.000Z', businessDay: '2026-11-24' },
};

function decided(commands: readonly Command[]): readonly IntegrationEvent[] {
  let state = integrationDecider.initialState;
  let last: readonly IntegrationEvent[] = [];
  for (const command of commands) {
    last = integrationDecider.decide(command, state, context);
    for (const event of last) state = integrationDecider.evolve(state, event);
  }
  return last;
}

const give = (credentialsId = FIRST): Command => ({
  type: 'GiveCredentials',
  data: { account: 'm', environment: 'production', credentialsId },
});
const test = (isAccepted: boolean, credentialsId = FIRST): Command => ({
  type: 'RecordTest',
  data: { credentialsId, isAccepted },
});
const pause: Command = { type: 'PauseIntegration', data: {} };
const resume: Command = { type: 'ResumeIntegration', data: {} };
const disconnect: Command = { type: 'DisconnectIntegration', data: {} };
const statusAfter = (...commands: readonly Command[]) => decided(commands)[0]?.data.status;

describe('An integration', () => {
  it('is connected once the provider accepts its credentials, and in error when it refuses', () => {
    expect(statusAfter(give())).toBe('connecting');
    expect(statusAfter(give(), test(true))).toBe('connected');
    expect(statusAfter(give(), test(true), test(false))).toBe('error');
    expect(statusAfter(give(), test(false), test(true))).toBe('connected');
  });

  it('records only a changed answer, and none about credentials that were replaced', () => {
    expect(decided([give(), test(true), test(true)])).toEqual([]);
    expect(decided([give(), give(SECOND), test(false)])).toEqual([]);
    expect(decided([give(), give(SECOND)])).toMatchObject([{ data: { replaces: FIRST } }]);
  });

  it('stays paused whatever the provider says, until a person resumes it', () => {
    expect(statusAfter(give(), pause, test(true))).toBe('suspended');
    expect(statusAfter(give(), pause, test(true), resume)).toBe('connected');
    expect(statusAfter(give(), pause, give(SECOND))).toBe('suspended');
    expect(statusAfter(give(), pause, give(SECOND), resume)).toBe('connecting');
  });

  it('records only a changed health, of its present credentials and without a pause', () => {
    const judge = (health: 'healthy' | 'degraded', credentialsId = FIRST): Command => ({
      type: 'RecordHealth',
      data: { credentialsId, health, isReachable: true, successRate: 97.25 },
    });
    expect(decided([give(), test(true), judge('healthy')])).toEqual([
      {
        type: 'IntegrationHealthChanged',
        data: {
          ...{ provider: 'square', before: 'unknown', health: 'healthy' },
          ...{ isReachable: true, successRate: 97.25, status: 'connected' },
        },
      },
    ]);
    expect(decided([give(), judge('healthy'), judge('healthy')])).toEqual([]);
    expect(decided([give(), judge('healthy'), judge('degraded')])).toMatchObject([
      { data: { before: 'healthy', health: 'degraded' } },
    ]);
    expect(decided([give(), give(SECOND), judge('healthy')])).toEqual([]);
    expect(decided([give(), pause, judge('healthy')])).toEqual([]);
    expect(
      decided([give(), judge('healthy'), give(SECOND), judge('healthy', SECOND)]),
    ).toHaveLength(1);
  });

  it('names the credentials that end with it', () => {
    expect(decided([give(), give(SECOND), disconnect])).toMatchObject([
      { type: 'IntegrationDisconnected', data: { credentialsId: SECOND } },
    ]);
  });

  it.each([
    ['integration_not_found', [pause]],
    ['integration_not_found', [disconnect]],
    ['integration_paused', [give(), pause, pause]],
    ['integration_not_paused', [give(), resume]],
    ['integration_disconnected', [give(), disconnect, disconnect]],
    ['integration_disconnected', [give(), disconnect, resume]],
  ])('refuses with %s', (code, commands) => {
    expect(() => decided(commands)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
