import { describe, expect, it } from 'vitest';

import { includesRole, roleOf } from '#adapters/discord/authorize.ts';

const access = { viewer: ['R-view', 'U-eve'], trader: ['R-trade'], admin: ['R-admin', 'U-ada'] };
const nobody = { viewer: [], trader: [], admin: [] };

describe('the role of a member', () => {
  it.each([
    ['a Discord role', ['R-view'], 'U-1', 'viewer'],
    ['the highest of several Discord roles', ['R-view', 'R-admin', 'R-trade'], 'U-1', 'admin'],
    ['the own user id', [], 'U-ada', 'admin'],
    ['the user id over a lower Discord role', ['R-view'], 'U-ada', 'admin'],
    ['a Discord role over a lower user id', ['R-trade'], 'U-eve', 'trader'],
    ['nothing that is listed', ['R-other'], 'U-1', null],
    ['no Discord role at all', [], 'U-1', null],
  ])('comes from %s', (_, roles, user, role) => {
    expect(roleOf(roles, user, access)).toBe(role);
  });

  it('is nothing for anybody while the lists are empty', () => {
    expect(roleOf(['R-admin'], 'U-ada', nobody)).toBeNull();
  });

  it.each([
    [null, 'viewer', false],
    ['viewer', 'viewer', true],
    ['viewer', 'trader', false],
    ['trader', 'viewer', true],
    ['trader', 'admin', false],
    ['admin', 'trader', true],
    ['admin', 'viewer', true],
  ] as const)('%s may do what needs %s: %s', (held, needed, allowed) => {
    expect(includesRole(held, needed)).toBe(allowed);
  });
});
