import { formatDuration } from '#core/number-words.ts';
import type { AlertPath } from '#ports/alert-path.ts';
import type { Card, Mode } from '#ports/cards.ts';

import { clipText, LIMITS } from './limits.ts';
import { unshownText } from './message-body.ts';
import { renderCard } from './render.ts';

/** An answer that takes longer than this is not coming. */
const TIMEOUT_MS = 8_000;

/**
 * Posts plain words to a Discord webhook, or to whatever takes its JSON. Nobody is mentioned.
 *
 * @throws Error that never holds the address, which is a secret.
 */
export async function postToWebhook(url: string, text: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      content: clipText(text, LIMITS.content),
      allowed_mentions: { parse: [] },
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Error(`the webhook cannot be reached (${reasonOf(error)})`);
  });
  // Read to its end, so that the connection is free again.
  await response.arrayBuffer().catch(() => undefined);
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}

/** What went wrong without the address that it went wrong at. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.name : 'unknown';
}

/** The second path to the team: a webhook of Discord's, best of another server than the channel's. */
export const createAlertPath = (url: string, mode: Mode): AlertPath => ({
  alert: (card, waitedMs) => {
    const note = `The bot's channel has not taken this for ${formatDuration(waitedMs)}.`;
    const { title, text } = wordsOf(card, mode);
    return postToWebhook(url, `**${title}** (${mode})\n${note}\n${text}`);
  },
});

interface Words {
  readonly title: string;
  readonly text: string;
}

function wordsOf(card: Card, mode: Mode): Words {
  try {
    const { title = '', description: text = '' } = renderCard(card, mode).embeds[0] ?? {};
    return { title, text };
  } catch (error) {
    return { title: card.kind, text: unshownText(card, error) };
  }
}
