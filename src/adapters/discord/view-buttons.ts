import type { ButtonInteraction } from 'discord.js';

import { formatDuration } from '#core/number-words.ts';

import { answerOf, pageBody, show, STALE, whisper } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { ButtonPress } from './custom-id.ts';
import type { Desk } from './desk.ts';
import { judgePress } from './judge.ts';
import type { Verdict } from './judge.ts';
import { refusePress, UNKNOWN_BUTTON } from './refuse-press.ts';
import type { MessageBody } from './render.ts';

type Press<Prefix extends ButtonPress['prefix']> = Extract<ButtonPress, { prefix: Prefix }>;
type Allowed = Extract<Verdict, { kind: 'allowed' }>;

/** One look at the broker and the ledger in so long, for each message. */
const REFRESH_EVERY_MS = 3_000;

/** Handles the buttons that only look: those that turn pages, and those that ask again. */
export function createViewButtons(desk: Desk) {
  /** When each message was refreshed last. */
  const refreshed = new Map<string, number>();
  return {
    turnPage: (interaction: ButtonInteraction, press: Press<'pages'>) =>
      turnPage(desk, interaction, press),
    refresh: (interaction: ButtonInteraction, press: Press<'refresh'>) =>
      refresh(desk, interaction, { press, refreshed }),
  };
}

async function turnPage(
  desk: Desk,
  interaction: ButtonInteraction,
  { id, page }: Press<'pages'>,
): Promise<void> {
  const set = await desk.context().ledger.pageSet(id);
  if (set === null) {
    return void (await whisper(interaction, 'These pages are over. Send the command again.'));
  }
  const verdict = judgePress(desk, interaction, set.command);
  if (verdict.kind === 'refused') {
    const { command } = set;
    const { code: reason, text } = verdict;
    return refusePress(desk, interaction, { command, action: `${command} page`, reason, text });
  }
  // They are kept as they were rendered.
  const pages = set.pages as readonly MessageBody[];
  const shown = Math.min(page, pages.length - 1);
  const body = pageBody({ id, pages }, shown);
  await show(interaction, { body, rest: [], details: {} });
}

interface Refresh {
  readonly press: Press<'refresh'>;
  readonly refreshed: Map<string, number>;
}

async function refresh(
  desk: Desk,
  interaction: ButtonInteraction,
  { press, refreshed }: Refresh,
): Promise<void> {
  const { id: name, flags } = press;
  const attempt = { command: name, action: `${name} refresh` };
  const verdict = judgePress(desk, interaction, name);
  if (verdict.kind === 'refused') {
    const { code: reason, text } = verdict;
    return refusePress(desk, interaction, { ...attempt, reason, text });
  }
  if (verdict.command.isRefreshable !== true) {
    return refusePress(desk, interaction, { ...attempt, reason: UNKNOWN_BUTTON, text: STALE });
  }
  const waitMs = claimRefresh(refreshed, interaction.message.id, desk.now());
  if (waitMs > 0) {
    const text = `Refreshed a moment ago: again in ${formatDuration(waitMs)}.`;
    return void (await whisper(interaction, text));
  }
  const { outcome, reason } = await showAnew(desk, interaction, { verdict, flags });
  await record(desk, interaction, { ...attempt, outcome, reason });
}

interface Anew {
  readonly verdict: Allowed;
  readonly flags: readonly string[];
}

/** Asks the command again, in place. What fails is told in private: the message goes on saying as of when it is. */
async function showAnew(
  desk: Desk,
  interaction: ButtonInteraction,
  { verdict: { command, actor }, flags }: Anew,
): Promise<Pick<Attempt, 'outcome' | 'reason'>> {
  try {
    const options = Object.fromEntries(flags.map((flag) => [flag, true]));
    const reply = await command.run(desk.context(), { actor, options });
    const setting = { command, options, actor, interaction, message: null };
    await show(interaction, await answerOf(desk, setting, reply));
    return { outcome: 'done', reason: null };
  } catch (error) {
    const { text, ...failure } = failureOf(desk, command.name, error);
    await whisper(interaction, text);
    return failure;
  }
}

/** How long the message has to wait for its next refresh; 0 when this one may go on. */
function claimRefresh(refreshed: Map<string, number>, message: string, now: number): number {
  for (const [id, at] of refreshed) if (now - at >= REFRESH_EVERY_MS) refreshed.delete(id);
  const last = refreshed.get(message);
  if (last !== undefined) return last + REFRESH_EVERY_MS - now;
  refreshed.set(message, now);
  return 0;
}
