import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { MessageFlags } from 'discord.js';
import type { ButtonInteraction, ChatInputCommandInteraction } from 'discord.js';

import type { Actor, Command, CommandCall, ConfirmReply, Reply } from '#app/command.ts';
import { askConfirmation } from '#app/confirm/confirmations.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';

import { nothingDone } from './cards/confirm.ts';
import { confirmRow, pageRow, refreshRow } from './components.ts';
import type { Row } from './components.ts';
import type { Desk } from './desk.ts';
import { describeError, isInvalidMessage, isPassing } from './errors.ts';
import { clipText, LIMITS } from './limits.ts';
import { renderCard, renderConfirm, renderHelp, renderReply, textBody } from './render.ts';
import type { MessageBody } from './render.ts';

export type Answerable = ChatInputCommandInteraction | ButtonInteraction;

/** A file as discord.js takes it. */
interface AttachedFile {
  readonly name: string;
  readonly attachment: Buffer;
  /** What a picture shows, for those who cannot see it. */
  readonly description?: string;
}

/** An answer as it goes out. */
export interface Answer {
  /** Null where a card has taken the message over. */
  readonly body: MessageBody | null;
  /** What has no room beside, as messages of its own: of an endless question, or where no pages can be kept. */
  readonly rest: readonly MessageBody[];
  /** What hangs on the message. */
  readonly files?: readonly AttachedFile[];
  /** The first of the cards that will tell in this message, or in one of their own. */
  readonly first?: Card;
  /** For the audit. */
  readonly details: Readonly<Record<string, string>>;
}

export const plainAnswer = (text: string): Answer => ({
  body: textBody(text),
  rest: [],
  details: {},
});

/** To whom, and in which message, something is answered. */
export interface Setting {
  readonly command: Command;
  /** What it was called with. */
  readonly options: CommandCall['options'];
  readonly actor: Actor;
  readonly interaction: Answerable;
  /** The message, where cards may take it over. */
  readonly message: MessageId | null;
}

/** Makes the message of a reply, with its buttons; what the buttons stand for is written down first. */
export async function answerOf(desk: Desk, setting: Setting, reply: Reply): Promise<Answer> {
  switch (reply.kind) {
    case 'confirm':
      return questionOf(desk, setting, reply);
    case 'card':
      return cardOf(desk, setting, reply);
    case 'chart':
      return picturedOf(desk, reply);
    case 'file':
      return filedOf(reply);
    case 'ping':
      return plainAnswer(pong(desk, setting.interaction, reply.ledgerMs));
    case 'help':
      return pagedOf(desk, setting, renderHelp([...desk.commands.values()], reply.role));
    case 'status':
    case 'why':
    case 'report':
    case 'text':
    case 'pages':
      return pagedOf(desk, setting, renderReply(reply));
    default:
      return reply satisfies never;
  }
}

function filedOf({ name, text, content }: Extract<Reply, { kind: 'file' }>): Answer {
  return { ...plainAnswer(text), files: [{ name, attachment: Buffer.from(content, 'utf8') }] };
}

function cardOf(
  desk: Desk,
  { message }: Setting,
  { key, first }: Extract<Reply, { kind: 'card' }>,
): Answer {
  const details = { card: key };
  if (first === undefined) return { body: null, rest: [], details };
  // Where later ones cannot edit it, it would go on telling what is over.
  const body =
    message === null
      ? textBody('It is on its way: a message in the channel follows it.')
      : renderCard(first, desk.mode);
  return { body, rest: [], first, details };
}

/** The report with its picture, which is no reason to keep the report back. */
async function picturedOf(
  desk: Desk,
  { report, chart }: Extract<Reply, { kind: 'chart' }>,
): Promise<Answer> {
  const [first, ...rest] = renderReply({ kind: 'report', report });
  const drawn = chart === null ? null : await desk.context().charts.render(chart);
  if (drawn === null || !drawn.ok) {
    const details = drawn === null ? {} : { picture: drawn.code };
    return { body: first, rest, details };
  }
  const { fileName: name, png, altText: description } = drawn.image;
  const [embed, ...embeds] = first.embeds;
  return {
    body: { ...first, embeds: [{ ...embed, image: { url: `attachment://${name}` } }, ...embeds] },
    rest,
    files: [{ name, attachment: Buffer.from(png), description }],
    details: {},
  };
}

async function questionOf(desk: Desk, setting: Setting, reply: ConfirmReply): Promise<Answer> {
  const { command, actor, interaction, message } = setting;
  const { title, action } = reply;
  const id = randomUUID();
  const askedAt = desk.now();
  const expiresInMs = desk.confirmWithinMs;
  const expiresAt = askedAt + expiresInMs;
  await askConfirmation(desk.context(), {
    id,
    command: command.name,
    actor,
    title,
    action,
    messageId: message,
    askedAt,
    expiresAt,
  });
  desk.expireAt({
    id,
    expiresAt,
    onExpired: async () => {
      // Where a card can, it does, also after a restart.
      if (message !== null) return;
      const text = nothingDone(title, 'expired.');
      await interaction.editReply(textBody(text));
    },
  });
  const [body, ...rest] = renderConfirm(reply, { name: actor.name, expiresInMs }, desk.mode);
  const components = [confirmRow(id, title)];
  return { body: { ...body, components }, rest, details: { confirmation: id } };
}

/** Between Discord's clock and the system's: a clock that is off shows here as well. */
function pong({ now }: Desk, interaction: Answerable, ledgerMs: number | null): string {
  const heartbeat = Math.round(interaction.client.ws.ping);
  return [
    `🏓 Pong: ${Math.max(0, now() - interaction.createdTimestamp)} ms from your command to this answer`,
    ledgerMs === null ? 'the ledger does not answer' : `ledger ${Math.round(ledgerMs)} ms`,
    heartbeat < 0 ? 'no heartbeat measured yet' : `Discord’s gateway ${heartbeat} ms`,
  ].join(' · ');
}

/** How long the buttons of a long answer work. */
const PAGES_LIVE_MS = 7 * 24 * 60 * 60_000;

async function pagedOf(
  desk: Desk,
  setting: Setting,
  bodies: readonly [MessageBody, ...MessageBody[]],
): Promise<Answer> {
  const components = refreshOf(setting);
  const pages = bodies.map((body) => ({ ...body, components }));
  const [, ...rest] = bodies;
  const first: Answer = { body: { ...bodies[0], components }, rest, details: {} };
  if (rest.length === 0) return first;
  const id = randomUUID();
  const { name } = setting.command;
  try {
    const createdAt = desk.now();
    const set = { id, command: name, pages, createdAt };
    await desk.context().ledger.savePageSet(set, createdAt - PAGES_LIVE_MS);
  } catch (error) {
    desk.log.warn(
      { command: name, error: describeError(error) },
      'the pages of an answer could not be kept: they are sent one after the other',
    );
    return first;
  }
  return { body: pageBody({ id, pages }, 0), rest: [], details: {} };
}

/** A page with the buttons that lead to the others. */
export function pageBody(
  { id, pages }: { readonly id: string; readonly pages: readonly MessageBody[] },
  page: number,
): MessageBody {
  const body = pages[page] ?? textBody('');
  return { ...body, components: [pageRow(id, page, pages.length), ...body.components] };
}

/** The button that asks the same again, where there may be one. */
function refreshOf({ command, options }: Setting): Row[] {
  if (command.isRefreshable !== true) return [];
  const flags = command.options.map(({ name }) => name).filter((name) => options[name] === true);
  return [refreshRow(command.name, flags)];
}

/** Discord's trouble is mostly short, and the answer to something that was done must not be lost. */
const PAUSES_MS = [300, 1_000, 3_000];

/** Puts the answer into the message that was promised or pressed. */
export async function show(
  interaction: Answerable,
  { body, rest, files = [] }: Answer,
): Promise<void> {
  const message = body === null || files.length === 0 ? body : { ...body, files };
  if (message !== null) await patiently(() => interaction.editReply(message), PAUSES_MS);
  for (const more of rest) {
    const flags = isPrivate(interaction) ? ({ flags: MessageFlags.Ephemeral } as const) : {};
    await patiently(() => interaction.followUp({ ...more, ...flags }), PAUSES_MS);
  }
}

/** Whether only the one who asked, or pressed, sees the message. */
const isPrivate = (interaction: Answerable): boolean =>
  interaction.isButton()
    ? interaction.message.flags.has(MessageFlags.Ephemeral)
    : interaction.ephemeral === true;

async function patiently(
  send: () => Promise<unknown>,
  [pauseMs, ...pauses]: readonly number[],
): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (pauseMs === undefined || !isPassing(error)) throw error;
    await delay(pauseMs);
    await patiently(send, pauses);
  }
}

/** As {@link show}; what Discord refuses to show is at least told of. */
export async function showOrTell(interaction: Answerable, answer: Answer): Promise<void> {
  try {
    await show(interaction, answer);
  } catch (error) {
    if (!isInvalidMessage(error)) throw error;
    const text = `The answer is missing: Discord refused it (${describeError(error)}). See /status for how things stand.`;
    await show(interaction, plainAnswer(text));
  }
}

export const STALE = 'This button is no longer active. Nothing was changed.';

/** Tells the one who pressed a button, and nobody else. */
export const whisper = (interaction: ButtonInteraction, text: string): Promise<unknown> =>
  patiently(
    () => interaction.followUp({ ...textBody(text), flags: MessageFlags.Ephemeral }),
    PAUSES_MS,
  );

const UNRECORDED = '⚠ This could not be written to the audit log.';

/** Shows what was done; what is not on record says so. */
export async function showRecorded(
  interaction: Answerable,
  answer: Answer,
  isRecorded: boolean,
): Promise<void> {
  if (isRecorded) return showOrTell(interaction, answer);
  const { body } = answer;
  // The message is a card's by now, and a card is edited by nobody else.
  if (body === null) return void (await interaction.followUp(textBody(UNRECORDED)));
  const content = clipText(`${UNRECORDED}\n${body.content}`.trim(), LIMITS.content);
  await showOrTell(interaction, { ...answer, body: { ...body, content } });
}
