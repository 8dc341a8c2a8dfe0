import type { ChatInputCommandInteraction } from 'discord.js';
import { describe, expect, it } from 'vitest';

import { judge } from '#adapters/discord/judge.ts';

import { access, command } from './harness.ts';

const halt = command({
  name: 'halt',
  role: 'trader',
  run: async () => ({ kind: 'text', text: 'halted' }),
});
const NOW = 1_764_343_800_000;
const rules = {
  guildId: 'G',
  access,
  commands: new Map([['halt', halt]]),
  commandMaxAgeMs: 30_000,
  now: () => NOW,
};

/** What the judgement reads of an interaction; `roles` as it comes from a guild that is not cached. */
const interaction = (changes: object = {}) =>
  ({
    guildId: 'G',
    commandName: 'halt',
    createdTimestamp: NOW - 1000,
    user: { id: 'U', displayName: 'Ada' },
    member: { roles: access.trader },
    ...changes,
  }) as unknown as ChatInputCommandInteraction;

describe('a command', () => {
  it('by a trader, in the guild and fresh, is allowed', () => {
    expect(judge(rules, interaction())).toEqual({
      kind: 'allowed',
      command: halt,
      actor: { id: 'U', name: 'Ada', role: 'trader' },
    });
  });

  it.each([
    ['from another server', { guildId: 'H' }, 'foreign-server'],
    ['from a private conversation', { guildId: null, member: null }, 'foreign-server'],
    ['that was removed', { commandName: 'gone' }, 'unknown-command'],
    ['30.001 seconds old', { createdTimestamp: NOW - 30_001 }, 'too-old'],
    ['of a viewer', { member: { roles: access.viewer } }, 'not-allowed'],
    ['of someone without roles', { member: { roles: [] } }, 'not-allowed'],
    ['without its member', { member: null }, 'not-allowed'],
  ])('%s is refused: %s', (_, changes, code) => {
    expect(judge(rules, interaction(changes))).toMatchObject({ kind: 'refused', code });
  });

  it('of exactly the age allowed is still carried out', () => {
    expect(judge(rules, interaction({ createdTimestamp: NOW - 30_000 })).kind).toBe('allowed');
  });
});
