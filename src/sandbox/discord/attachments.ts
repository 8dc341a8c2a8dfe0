import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

import type { Snowflakes } from './snowflake.ts';
import type { WireAttachment } from './wire.ts';

/** A file as it arrived with a request. */
export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What the bot says about a file beside sending it. */
interface FileNote {
  readonly description?: string | undefined;
  readonly filename?: string | undefined;
}

export interface AttachmentStore {
  put(channelId: string, file: UploadedFile, note: FileNote): WireAttachment;
  read(id: string): Uint8Array | null;
  remove(id: string): void;
}

/** Discord goes by the name's ending; what the sender claims counts only for names without one. */
const TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
};

export const contentTypeOf = (filename: string, claimed = 'application/octet-stream'): string =>
  TYPES[extname(filename).toLowerCase()] ?? claimed;

/** Keeps files in a folder, or in memory when there is none. */
export function createAttachmentStore(folder: string | null, ids: Snowflakes): AttachmentStore {
  const bytesById = folder === null ? memoryBytes() : folderBytes(folder);
  return {
    put(channelId, file, note) {
      const id = ids.next();
      const filename = cleanName(note.filename ?? file.name);
      bytesById.write(id, file.bytes);
      const path = `/attachments/${channelId}/${id}/${encodeURIComponent(filename)}`;
      return {
        id,
        filename,
        size: file.bytes.length,
        url: path,
        proxy_url: path,
        content_type: contentTypeOf(filename, file.type || undefined),
        ...(note.description ? { description: note.description } : {}),
        ...imageSize(file.bytes),
      };
    },
    read: (id) => bytesById.read(id),
    remove: (id) => bytesById.remove(id),
  };
}

/** Discord replaces what a file system might choke on. */
const cleanName = (name: string) => name.replaceAll(/[^\w.-]+/g, '_') || 'file';

function memoryBytes() {
  const files = new Map<string, Uint8Array>();
  return {
    write: (id: string, bytes: Uint8Array) => void files.set(id, bytes),
    read: (id: string) => files.get(id) ?? null,
    remove: (id: string) => void files.delete(id),
  };
}

function folderBytes(folder: string) {
  mkdirSync(folder, { recursive: true });
  return {
    write: (id: string, bytes: Uint8Array) => writeFileSync(join(folder, id), bytes),
    read(id: string) {
      if (!/^\d+$/.test(id)) return null;
      try {
        return readFileSync(join(folder, id));
      } catch {
        return null;
      }
    },
    remove: (id: string) => rmSync(join(folder, id), { force: true }),
  };
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Width and height in pixels from a PNG's header, so that the page can leave room for the picture. */
function imageSize(bytes: Uint8Array): { width?: number; height?: number } {
  const isPng = bytes.length >= 24 && PNG_SIGNATURE.every((byte, at) => bytes[at] === byte);
  if (!isPng) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
