import { describe, expect, it } from 'vitest';

import { createPresence } from '#adapters/discord/presence.ts';
import type { AppContext } from '#app/context.ts';
import type { ControlState } from '#core/control.ts';
import { silentLog } from '#test/support/log.ts';

import { AT } from './facts.ts';

type Status = ControlState['status'];

const stateOf = (status: Status): ControlState => ({
  status,
  by: 'system',
  reason: '',
  since: AT,
  until: null,
});

/** A presence before a ledger that answers each look when, and as, the test says. */
function openPresence() {
  const asked: ((status: Status) => void)[] = [];
  const sent: string[] = [];
  const controlState = () =>
    new Promise<ControlState>((resolve) => {
      asked.push((status) => resolve(stateOf(status)));
    });
  const presence = createPresence({
    context: () => ({ ledger: { controlState } }) as unknown as AppContext,
    mode: 'PAPER',
    log: silentLog,
    send: (text) => sent.push(text),
  });
  return { presence, asked, sent };
}

describe('the line beside the bot’s name', () => {
  it('tells of the newest state, also when an older answer of the ledger comes late', async () => {
    const { presence, asked, sent } = openPresence();
    const updates = [presence.update(), presence.update()];
    asked[1]?.('halted');
    asked[0]?.('active');
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.('halted');
    await Promise.all(updates);
    expect(sent.at(-1)).toBe('⏸ halted · PAPER');
  });

  it('is sent once as long as nothing changes, and again when it may be lost', async () => {
    const { presence, asked, sent } = openPresence();
    for (const how of ['update', 'update', 'show'] as const) {
      const done = presence[how]();
      asked.at(-1)?.('active');
      await done;
    }
    expect(sent).toEqual(['🟢 trading · PAPER', '🟢 trading · PAPER']);
  });
});
