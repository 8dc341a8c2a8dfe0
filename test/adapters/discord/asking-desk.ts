import { onTestFinished } from 'vitest';

import type { Command, ConfirmedCall } from '#app/command.ts';
import { UserError } from '#app/command.ts';
import { settleLeftConfirmations } from '#app/confirm/confirmations.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { createPinMemory } from '#app/pins.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { ALL_ON } from '#test/support/channel.ts';
import { silentLog } from '#test/support/log.ts';

import { openDesk as openLedgerDesk } from '../postgres/desk.ts';
import { AT } from './facts.ts';
import { channelMessages, command, makeBot, startStandIn, untilLogged } from './harness.ts';
import type { Desk } from './harness.ts';

type Changes = Parameters<typeof makeBot>[1];

/** A bot with commands that ask and tell at length, before a ledger of its own. */
export interface AskingDesk extends Pick<Desk, 'standIn' | 'bot' | 'lines' | 'outcomes'> {
  /** What was confirmed and carried out, in order. */
  readonly done: ConfirmedCall[];
  readonly context: AppContext;
  /** Every read and write of the ledger takes so long. */
  slowLedger(ms: number): void;
  /** The process ends, and another one begins. */
  restart(changes?: Changes): Promise<void>;
  rows<Row extends object>(sql: string): Promise<readonly Row[]>;
}

const LONG = Array.from({ length: 300 }, (_, n) => `line ${n + 1} of a *long* answer`);

let looks = 0;

const commandsFor = (done: ConfirmedCall[]): readonly Command[] => [
  command({
    name: 'look',
    isRefreshable: true,
    options: [
      { name: 'wide', description: 'Wider', type: 'boolean', required: false },
      { name: 'pages', description: 'How many', type: 'integer', required: false },
    ],
    run: async (_, { options }) => ({
      kind: 'text',
      text: `look ${(looks += 1)}${options['wide'] === true ? ' wide' : ''}${`\n${'x'.repeat(1_500)}`.repeat(Number(options['pages'] ?? 0))}`,
    }),
  }),
  command({ name: 'once', run: async () => ({ kind: 'text', text: 'once' }) }),
  command({
    name: 'run',
    isRefreshable: true,
    run: async () => {
      throw new UserError('Nothing runs now.');
    },
    cancel: async (_, { id }) => {
      throw new UserError(`Run ${id} is over already. Nothing was changed.`);
    },
  }),
  command({
    name: 'resume',
    role: 'trader',
    run: async (_, { actor }) => ({
      kind: 'confirm',
      title: 'resume entries',
      preview: { kind: 'words', text: `Halted by ${actor.name}.` },
      action: { what: 'entries', shares: 3 },
    }),
    confirmed: async (_, call) => {
      done.push(call);
      return { kind: 'text', text: 'Entries are on again.' };
    },
  }),
  command({
    name: 'fail',
    role: 'trader',
    run: async () => ({
      kind: 'confirm',
      title: 'try it',
      preview: { kind: 'words', text: 'It will fail.' },
      action: {},
    }),
    confirmed: async () => {
      throw new UserError('There is nothing left.');
    },
  }),
  command({
    name: 'hush',
    role: 'trader',
    isPrivate: true,
    run: async () => ({
      kind: 'confirm',
      title: 'do it in private',
      preview: { kind: 'words', text: 'Only you see it.' },
      action: {},
    }),
    confirmed: async (_, call) => {
      done.push(call);
      return { kind: 'text', text: 'Done in private.' };
    },
  }),
  command({
    name: 'long-hush',
    isPrivate: true,
    run: async () => ({ kind: 'text', text: LONG.join('\n') }),
  }),
  command({ name: 'long', run: async () => ({ kind: 'text', text: LONG.join('\n') }) }),
  command({
    name: 'list',
    role: 'trader',
    run: async () => ({ kind: 'pages', title: 'All of it', lines: LONG }),
  }),
];

/** The ledger behind a delay. */
function delayed(ledger: Ledger, ms: () => number): Ledger {
  const wait = () => new Promise((resolve) => setTimeout(resolve, ms()));
  return new Proxy(ledger, {
    get(target, name: keyof Ledger) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        if (ms() > 0) await wait();
        return call.apply(target, args);
      };
    },
  });
}

export async function openAskingDesk(
  changes: Changes = {},
  options: Parameters<typeof startStandIn>[0] = {},
): Promise<AskingDesk> {
  const database = await openLedgerDesk();
  const standIn = await startStandIn(options);
  const done: ConfirmedCall[] = [];
  let slowMs = 0;
  const ledger = delayed(database.ledger, () => slowMs);
  const start = async (more: Changes = {}) => {
    const holder: { context: AppContext | null } = { context: null };
    const made = makeBot(`${standIn.url}/api`, {
      commands: commandsFor(done),
      context: () => holder.context!,
      ...changes,
      ...more,
    });
    const context = {
      clock: { now: () => AT },
      cardSettings: ALL_ON,
      systemClock: { now: Date.now },
      ledger,
      notifier: made.bot.notifier,
      pins: createPinMemory(),
      wakeOutbox: () => deliverOutbox(context),
      telemetry: { cardDelivered: () => {} },
      log: silentLog,
    } as unknown as AppContext;
    holder.context = context;
    await settleLeftConfirmations(context);
    await made.bot.start();
    await untilLogged(made.lines, 'the slash commands are registered');
    return { ...made, context };
  };
  onTestFinished(() => database.close());
  const desk = {
    ...(await start()),
    standIn,
    done,
    rows: <Row extends object>(sql: string) => database.query<Row>(sql),
    slowLedger: (ms: number) => {
      slowMs = ms;
    },
    restart: async (more: Changes = {}) => {
      await desk.bot.stop();
      Object.assign(desk, await start(more));
    },
  };
  return desk;
}

/** The newest message that everybody sees. */
export const lastMessage = (desk: Pick<Desk, 'standIn'>): PresentedMessage =>
  channelMessages(desk).at(-1)!;

interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly details: Readonly<Record<string, string>>;
}

export const auditOf = (desk: AskingDesk): Promise<readonly AuditRow[]> =>
  desk.rows<AuditRow>('SELECT actor, action, outcome, details FROM audit_log ORDER BY sequence');
