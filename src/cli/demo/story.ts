import { setTimeout as pause } from 'node:timers/promises';

import type { ApiClient, ApiResponse } from '../api-client.ts';

/** Waiting for what happens by itself. */
const POLL_MS = 100;
const MAX_POLLS = 600;

export interface StoryOptions {
  readonly client: ApiClient;
  readonly url: string;
  readonly print: (line: string) => void;
}

type Body = ApiResponse['body'];

/** A story that runs through the public API: numbered steps, each with its response. */
export interface Story {
  readonly print: (line: string) => void;
  /** Begins the next step. */
  readonly step: (title: string) => void;
  /** Where the reader can look at it. */
  readonly link: (path: string) => void;
  /** Each write has a fixed key, so that the story changes nothing when it runs again. */
  readonly write: (
    path: string,
    key: string,
    body: unknown,
    expected: number[],
  ) => Promise<ApiResponse>;
  /** Reads what was written before. */
  readonly read: (path: string) => Promise<ApiResponse>;
  /** Reads until it is so; undefined if it does not come. */
  readonly until: (path: string, isSo: (body: Body) => boolean) => Promise<Body | undefined>;
}

export function createStory({ client, url, print }: StoryOptions): Story {
  let number = 0;
  let position: string | undefined;
  return {
    print,
    step(title) {
      number += 1;
      print(`\n${number}. ${title}`);
    },
    link: (path) => print(`   see: ${url}/docs/view#${path}`),
    async write(path, key, body, expected) {
      const response = await client.post(path, { key: `demo-${key}`, body });
      if (!expected.includes(response.status)) throw unexpected(path, response);
      position = response.position ?? position;
      return response;
    },
    async read(path) {
      const response = await client.get(path, { position });
      if (response.status !== 200) throw unexpected(path, response);
      return response;
    },
    async until(path, isSo) {
      for (let poll = 0; poll < MAX_POLLS; poll++) {
        const { status, body } = await client.get(path);
        if (status === 200 && isSo(body)) return body;
        await pause(POLL_MS);
      }
      return undefined;
    },
  };
}

function unexpected(path: string, { status, body }: ApiResponse): Error {
  return new Error(`expected ${path} to succeed, found ${status}: ${JSON.stringify(body)}`);
}

export function usd(minor: unknown): string {
  return `${(Number(minor) / 100).toFixed(2)} USD`;
}
