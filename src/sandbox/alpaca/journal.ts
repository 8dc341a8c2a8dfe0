import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { z } from 'zod';

import type { BrokerOrderId } from '#core/ids.ts';
import type { ReleaseMoment } from '#core/matching/cancel.ts';
import type { ReplaceRequest, SubmitRequest } from '#core/matching/order.ts';
import type { Quirks } from '#core/matching/quirks.ts';
import type { ExchangeRules } from '#core/matching/venue.ts';
import type { EpochMs } from '#core/session.ts';

interface OrderCommand {
  readonly id: BrokerOrderId;
}

interface ReplaceCommand extends OrderCommand {
  readonly change: ReplaceRequest;
}

/**
 * Everything that changes the exchange, when it does: what is asked for and has its effect later is two
 * commands. The same commands in the same order give the same state and ids.
 */
export interface Commands {
  readonly advance: { readonly to: EpochMs };
  readonly submit: { readonly request: SubmitRequest };
  readonly cancel: OrderCommand & { readonly moment: ReleaseMoment };
  readonly 'request-cancel': OrderCommand;
  /** The shares of a canceled order become free. */
  readonly release: OrderCommand;
  readonly replace: ReplaceCommand;
  readonly 'request-replace': ReplaceCommand;
  /** By the id of the replacement. */
  readonly 'complete-replace': OrderCommand;
  readonly trade: OrderCommand;
  readonly 'fill-anyway': OrderCommand;
  /** Somebody turned a switch. */
  readonly behave: { readonly quirks: Quirks };
}

export type Command = {
  readonly [Type in keyof Commands]: { readonly type: Type } & Commands[Type];
}[keyof Commands];

/** What the commands were given to; with another one they would mean something else. */
export interface WorldHeader {
  readonly type: 'world';
  readonly version: number;
  readonly market: string;
  readonly startingCash: number;
  readonly rules: Partial<ExchangeRules>;
  readonly notShortable: readonly string[];
}

/** To be raised with every change that makes the same commands lead elsewhere. */
export const JOURNAL_VERSION = 2;

const headerSchema = z.looseObject({ type: z.literal('world') });
const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('advance'), to: z.number() }),
  z.object({
    type: z.literal('submit'),
    request: z.looseObject({ symbol: z.string(), side: z.string(), quantity: z.number() }),
  }),
  z.object({
    type: z.literal('cancel'),
    id: z.string(),
    moment: z.enum(['at-once', 'later']),
  }),
  z.object({
    type: z.enum(['request-cancel', 'release', 'complete-replace', 'trade', 'fill-anyway']),
    id: z.string(),
  }),
  z.object({
    type: z.enum(['replace', 'request-replace']),
    id: z.string(),
    change: z.looseObject({}),
  }),
  z.object({ type: z.literal('behave'), quirks: z.looseObject({}) }),
]);

export interface Journal {
  /** In the operating system's hands on return: a killed process loses nothing of it. */
  append(command: Command): void;
  close(): void;
}

/** For a world that nobody wants to see again. */
export const forgetfulJournal: Journal = { append() {}, close() {} };

export interface OpenedJournal {
  readonly journal: Journal;
  /** What happened before. */
  readonly commands: readonly Command[];
}

/**
 * Opens a file of newline-delimited JSON: the world in the first line, then a command a line. A last line
 * that a dying process did not finish is cut off; nobody was told of it.
 *
 * @throws Error with the cure when the file is damaged or belongs to another world.
 */
export function openJournal(path: string, world: WorldHeader): OpenedJournal {
  mkdirSync(dirname(path), { recursive: true });
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  const [first, ...rest] = whole.toString('utf8').split('\n').slice(0, -1);
  if (first !== undefined) checkWorld(path, first, world);
  const commands = rest.map((line, index) => parseCommand(path, line, index + 2));
  const file = openSync(path, 'a');
  if (whole.length < bytes.length) ftruncateSync(file, whole.length);
  const write = (record: WorldHeader | Command) => writeSync(file, `${JSON.stringify(record)}\n`);
  if (first === undefined) write(world);
  return {
    commands,
    journal: {
      append: write,
      close() {
        closeSync(file);
      },
    },
  };
}

function checkWorld(path: string, line: string, world: WorldHeader): void {
  const header = headerSchema.safeParse(parseJson(line));
  if (!header.success) throw damaged(path, 1);
  if (JSON.stringify(header.data) === JSON.stringify(world)) return;
  throw new Error(
    `The sandbox broker's history ${path} was written for another market, other settings or another version. ` +
      'Start with the ones it was written for, or move the file away to begin with a new account.',
  );
}

function parseCommand(path: string, line: string, number: number): Command {
  const parsed = commandSchema.safeParse(parseJson(line));
  if (!parsed.success) throw damaged(path, number);
  // The schema proves the envelope; what is inside was written by this module.
  return parsed.data as unknown as Command;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Commands build on each other, so nothing after a damaged one can be trusted. */
const damaged = (path: string, number: number): Error =>
  new Error(
    `The sandbox broker's history ${path} is damaged in line ${number}. ` +
      'Delete that line and everything after it to go back to the moment before, ' +
      'or move the file away to begin with a new account.',
  );
