import { settleLeftConfirmations } from '#app/confirm/confirmations.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { commands } from '#commands/index.ts';
import { ticker } from '#core/ids.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { recordingCharts } from '#test/support/charts.ts';

import { makeBot, seenBy, startStandIn, until } from '../adapters/discord/harness.ts';
import type { Desk as Discord, Person } from '../adapters/discord/harness.ts';
import type { AuditRow } from '../app/behaviours/a-desk.ts';
import { startDesk } from '../app/desk.ts';
import type { Desk, DeskOptions } from '../app/desk.ts';
import { textOf } from '../commands/a-trading-channel.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

type Changes = NonNullable<Parameters<typeof makeBot>[1]>;
type Options = Readonly<Record<string, string | number | boolean>>;

/** A price that moves enough to fill, and not enough to reach a leg, for most of a session. */
export const QUIET: readonly Ohlc[] = Array.from({ length: 70 }, () => [100, 100.5, 99.5, 100]);
/** The entry window is open by then. */
const FIRST_BARS = 4;

/** The whole bot with all its commands, between a real ledger and both stand-ins, for many tests. */
export interface World extends Pick<Discord, 'standIn'> {
  readonly desk: Desk;
  /** Of the process that runs now. */
  readonly context: AppContext;
  readonly bot: Discord['bot'];
  /** How far the bot's clock is ahead of the chat's. */
  aheadMs: number;
  /** Nothing of the ledger answers until it is released. */
  holdLedger(): void;
  releaseLedger(): void;
  /** The process ends, and another one begins. */
  restart(changes?: Changes): Promise<void>;
  /** Everything is done and delivered. */
  settle(): Promise<void>;
  /** Ends what goes wrong: for after a test, whatever came of it. */
  heal(): void;
  close(): Promise<void>;
}

/** The ledger behind a gate. */
function gated(ledger: Ledger, gate: () => Promise<void> | null): Ledger {
  return new Proxy(ledger, {
    get(target, name: keyof Ledger) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        await gate();
        return call.apply(target, args);
      };
    },
  });
}

export interface WorldOptions extends DeskOptions {
  /** What the bot tells of itself, where not the usual. */
  readonly about?: AppContext['about'];
}

/** A world in which NVDA was entered by a cycle, and is held. */
export async function openWorld({ about, ...options }: WorldOptions = {}): Promise<World> {
  const desk = await startDesk(QUIET, options);
  const standIn = await startStandIn();
  let held: PromiseWithResolvers<void> | null = null;
  const ledger = gated(desk.context.ledger, () => held?.promise ?? null);
  const charts = recordingCharts();
  const begin = async (context: AppContext, changes: Changes) => {
    const made = makeBot(`${standIn.url}/api`, {
      commands,
      context: () => own,
      now: () => Date.now() + world.aheadMs,
      ...changes,
    });
    const { notifier } = made.bot;
    const own: AppContext = {
      ...context,
      about: about ?? context.about,
      ledger,
      charts,
      // The market is too young for a study, and nobody here would do one.
      research: { ...context.research, problemOf: () => null },
      notifier,
      wakeOutbox: () => deliverOutbox(own),
    };
    await settleLeftConfirmations(own);
    await made.bot.start();
    await until(() => made.lines.some(({ message }) => message.startsWith(REGISTRATION)));
    return { context: own, bot: made.bot };
  };
  const world = {
    desk,
    standIn,
    aheadMs: 0,
    holdLedger: () => {
      held = Promise.withResolvers();
    },
    releaseLedger: () => {
      held?.resolve();
      held = null;
    },
    heal: () => {
      world.releaseLedger();
      standIn.faults.clear();
      world.aheadMs = 0;
    },
    restart: async (changes: Changes = {}) => {
      await world.bot.stop();
      Object.assign(world, await begin(await desk.restart(), changes));
    },
    settle: async () => {
      await desk.settle(world.context);
      await deliverOutbox(world.context);
    },
    close: () => desk.close(),
  } as World;
  Object.assign(world, await begin(desk.context, {}));
  await enterByCycle(world);
  return world;
}

/** Done, or refused: in a server that is none of the bot's, what an earlier bot has registered stays. */
const REGISTRATION = 'the slash commands ';

async function enterByCycle({ desk, context }: World): Promise<void> {
  let at = 0;
  for (let bar = 0; bar < FIRST_BARS; bar += 1) at = desk.nextBar();
  await runTradingCycle({ ...context, watchlist: [ticker('NVDA')] }, at);
  desk.nextBar();
  await desk.settle(context);
}

/** A command on its way, and what the person saw first. */
export type Sent = Awaited<ReturnType<Discord['standIn']['act']>>;

export const send = (
  { standIn }: World,
  as: Person,
  command: string,
  options: Options = {},
): Promise<Sent> => standIn.act({ kind: 'slash', as, command, options });

/** The message that answers it, once it is more than a promise. */
export async function answerTo({ standIn }: World, sent: Sent): Promise<PresentedMessage> {
  const { interactionId, reaction } = sent;
  if (interactionId === null || reaction.kind === 'failed') {
    throw new Error(`no answer: ${JSON.stringify(reaction)}`);
  }
  return standIn.settled(interactionId);
}

/** All that a message says, with the names of its files. */
export const readMessage = (message: PresentedMessage): string =>
  [
    textOf(message),
    ...message.embeds.flatMap(({ fields = [] }) => fields.map((f) => `${f.name}\n${f.value}`)),
    ...message.embeds.map(({ image }) => image?.url ?? ''),
    ...message.attachments.map(({ filename }) => filename),
  ].join('\n');

/** What stands in the channel because of this command: its answer, and what follows it. */
export async function messagesOf(
  world: World,
  as: Person,
  { interactionId }: Sent,
): Promise<readonly PresentedMessage[]> {
  const all = await seenBy(world, as);
  const answer = all.find((one) => one.interaction_metadata?.id === interactionId);
  return all.filter(
    (one) => one === answer || (answer && one.message_reference?.message_id === answer.id),
  );
}

/** The rows that an interaction has left in the audit log. */
export const auditsOf = ({ desk }: World, { interactionId }: Sent): Promise<readonly AuditRow[]> =>
  desk.query(
    `SELECT actor, action, outcome, details FROM audit_log
      WHERE details->>'interaction' = '${interactionId}' ORDER BY sequence`,
  );
