import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { canonicalJson } from '../../domain/kernel/fingerprint.ts';
import { MaintenanceError } from '../maintenance-error.ts';

export interface ExportedFile {
  readonly name: string;
  readonly events: number;
  readonly sizeBytes: number;
  /** SHA-256 of the file, as printed by `sha256sum`. */
  readonly sha256: string;
  /** The hash of the chain after its last event. */
  readonly lastHash: string;
}

export interface Manifest {
  readonly format: 'tillstream-events';
  readonly version: 1;
  /** Id of the exported log. */
  readonly logId: string;
  readonly events: number;
  readonly streams: number;
  readonly firstRecordedAt?: string;
  readonly lastRecordedAt?: string;
  /** The hash of the chain after the last event: it covers the content of all files. */
  readonly hash: string;
  readonly files: readonly ExportedFile[];
}

const MANIFEST_FILE = 'manifest.json';

/** The text of a manifest, sealed with a hash over it. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, seal: sealOf(manifest) }, undefined, 2)}\n`;
}

export function manifestPath(folder: string): string {
  return join(folder, MANIFEST_FILE);
}

/** @throws MaintenanceError when the manifest is missing, invalid or was changed. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = manifestPath(folder);
  let sealed: Manifest & { readonly seal?: unknown };
  try {
    sealed = JSON.parse(await readFile(path, 'utf8')) as typeof sealed;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new MaintenanceError(`expected the manifest of a finished export at ${path}: ${found}`, {
      cause,
    });
  }
  const { seal, ...manifest } = sealed;
  const { format, version } = manifest as { format?: unknown; version?: unknown };
  if (format !== 'tillstream-events' || version !== 1) {
    throw new MaintenanceError(
      `${path}: expected tillstream-events version 1, found ${String(format)} ${String(version)}`,
    );
  }
  if (seal !== sealOf(manifest)) {
    throw new MaintenanceError(`${path}: its content does not match its seal: it was changed`);
  }
  return manifest;
}

function sealOf(manifest: Manifest): string {
  return createHash('sha256').update(canonicalJson(manifest)).digest('hex');
}
