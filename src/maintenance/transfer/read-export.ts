import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { MaintenanceError } from '../maintenance-error.ts';
import { type ExportedEvent, FIRST_HASH, hashAfter, partsOfLine } from './chain.ts';
import type { ExportedFile, Manifest } from './manifest.ts';

const LINE_FEED = 10;

/** A verified event of an export, and its place. */
export interface ReadEvent {
  readonly event: ExportedEvent;
  /** Canonical form, for comparison. */
  readonly bytes: Buffer;
  /** `<file>:<line>`, lines counted from 1. */
  readonly place: string;
}

/**
 * The events of an export in order. Each event is checked against the chain before it is yielded,
 * each file against the manifest after its last event.
 * @throws MaintenanceError with file and line of the first changed byte.
 */
export async function* readExport(folder: string, manifest: Manifest): AsyncGenerator<ReadEvent> {
  let hash = FIRST_HASH;
  for (const file of manifest.files) {
    let events = 0;
    const sha256 = createHash('sha256');
    for await (const { line, place } of linesOf(folder, file, sha256)) {
      const parts = partsOfLine(line);
      if (!parts)
        throw new MaintenanceError(`${place}: expected {"hash":"…","event":{…}}: it was changed`);
      const expected = hashAfter(hash, parts.event);
      if (parts.hash !== expected) {
        throw new MaintenanceError(
          `${place}: expected hash ${expected}, found ${parts.hash}: this event, or its hash, was changed, or one before it is missing`,
        );
      }
      hash = parts.hash;
      events += 1;
      const event = JSON.parse(parts.event.toString('utf8')) as ExportedEvent;
      yield { event, bytes: parts.event, place };
    }
    if (events !== file.events || hash !== file.lastHash) {
      throw new MaintenanceError(
        `${file.name}:${events + 1}: expected ${file.events} events ending in hash ${file.lastHash}, found ${events} ending in ${hash}`,
      );
    }
    if (sha256.digest('hex') !== file.sha256) {
      throw new MaintenanceError(`${file.name}: its SHA-256 differs from the manifest`);
    }
  }
  if (hash !== manifest.hash) {
    throw new MaintenanceError(`expected the chain to end in ${manifest.hash}, found ${hash}`);
  }
}

/** Lines as bytes, so that changes which a text decoder would tolerate are detected too. */
async function* linesOf(
  folder: string,
  file: ExportedFile,
  sha256: Hash,
): AsyncGenerator<{ line: Buffer; place: string }> {
  let number = 0;
  let rest: Buffer[] = [];
  const chunks = createReadStream(join(folder, file.name)) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        number += 1;
        const line = Buffer.concat([...rest, chunk.subarray(from, end)]);
        yield { line, place: `${file.name}:${number}` };
        rest = [];
        from = end + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new MaintenanceError(`expected the file ${file.name} in ${folder}, found none`, {
      cause,
    });
  }
  if (rest.length > 0) {
    throw new MaintenanceError(
      `${file.name}:${number + 1}: expected a line feed at the end: it was cut`,
    );
  }
}
