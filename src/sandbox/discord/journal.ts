import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { z } from 'zod';

import type { WireAttachment, WireChannel, WireCommand, WireMessage } from './wire.ts';

/** A message with what Discord knows of it but does not send. */
export interface StoredMessage {
  readonly wire: WireMessage;
  /** All files, also those that an embed shows and that are therefore not listed in the message. */
  readonly files: readonly WireAttachment[];
  /** The only person who sees an ephemeral message; null for everybody. */
  readonly visibleTo: string | null;
  readonly nonce: string | null;
}

/** One change of the channel. A record replaces every earlier one about the same thing. */
export type JournalRecord =
  | { readonly type: 'message'; readonly message: StoredMessage }
  | { readonly type: 'message-deleted'; readonly id: string }
  | { readonly type: 'channel'; readonly channel: WireChannel }
  | {
      readonly type: 'commands';
      readonly scope: string;
      readonly commands: readonly WireCommand[];
    };

const withId = z.looseObject({ id: z.string().regex(/^\d{17,19}$/) });
const recordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    message: z.looseObject({ wire: withId, files: z.array(withId) }),
  }),
  z.object({ type: z.literal('message-deleted'), id: z.string() }),
  z.object({ type: z.literal('channel'), channel: withId }),
  z.object({ type: z.literal('commands'), scope: z.string(), commands: z.array(withId) }),
]);

export interface Journal {
  append(record: JournalRecord): void;
  /** Replaces the whole file by these records, in one step. */
  rewrite(records: readonly JournalRecord[]): void;
  close(): void;
}

export interface OpenedJournal {
  readonly journal: Journal;
  readonly records: readonly JournalRecord[];
  /** Whether the process that wrote the file died in the middle of its last line. */
  readonly isTorn: boolean;
}

/** A journal for a channel that nobody wants to see again. */
export const forgetfulJournal: Journal = {
  append() {},
  rewrite() {},
  close() {},
};

const lineOf = (record: JournalRecord) => `${JSON.stringify(record)}\n`;

/**
 * Opens the file of newline-delimited JSON that outlives a restart.
 *
 * @throws Error when a line other than a torn last one cannot be read; the text says what to do.
 */
export function openJournal(path: string): OpenedJournal {
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const { records, isTorn } = parse(path, text);
  let file = openSync(path, 'a');
  const journal: Journal = {
    append(record) {
      writeSync(file, lineOf(record));
    },
    rewrite(all) {
      const draft = `${path}.draft`;
      const draftFile = openSync(draft, 'w');
      for (const record of all) writeSync(draftFile, lineOf(record));
      fsyncSync(draftFile);
      closeSync(draftFile);
      renameSync(draft, path);
      closeSync(file);
      file = openSync(path, 'a');
    },
    close() {
      closeSync(file);
    },
  };
  return { journal, records, isTorn };
}

function parse(path: string, text: string): { records: JournalRecord[]; isTorn: boolean } {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const records = lines.map((line, index) => {
    const record = parseLine(line);
    if (record) return record;
    throw new Error(
      `The sandbox channel's history ${path} is damaged in line ${index + 1}. ` +
        'Delete that line to keep the rest, or move the file away to start with an empty channel.',
    );
  });
  return { records, isTorn: rest !== '' };
}

function parseLine(line: string): JournalRecord | null {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    // The schema proves the envelope and the ids; what is inside was written by this module.
    return parsed.success ? (parsed.data as unknown as JournalRecord) : null;
  } catch {
    return null;
  }
}
