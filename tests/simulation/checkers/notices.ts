import { storeOf } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker } from './checker.ts';

/** Rules of the provider's notices: each is kept once, in its shop, and none that is forged. */
export const noticeRules: CreateChecker = ({ servers, notices }, fail) => {
  const kept = new Set<string>();
  let seen = 0;

  function note(stream: string, data: unknown): void {
    const { noticeId, attemptId } = data as { noticeId: string; attemptId: string };
    const key = `${storeOf(stream)} ${noticeId}`;
    if (notices.sent.get(key) !== attemptId) {
      fail('notice-signed', `${stream} keeps a notice that was not signed for its shop`);
    }
    if (kept.has(key)) fail('notice-once', `${stream} keeps ${noticeId} again`);
    kept.add(key);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) {
        const event = servers.recorded[seen];
        if (event?.type === 'PaymentNoticeReceived') note(event.stream, event.data);
      }
    },
    atEnd() {
      for (const key of notices.taken) {
        if (!kept.has(key)) fail('notice-once', `${key} was taken and is not kept`);
      }
    },
  };
};
