import { ROLES } from '#app/command.ts';
import type { Role } from '#app/command.ts';

/** Ids of Discord roles and of users. An empty list admits nobody. */
export type Access = Readonly<Record<Role, readonly string[]>>;

/** The highest role of a member by the own id or one of the roles held, or null: no access at all. */
export function roleOf(
  memberRoleIds: readonly string[],
  userId: string,
  access: Access,
): Role | null {
  const ids = new Set([userId, ...memberRoleIds]);
  return ROLES.toReversed().find((role) => access[role].some((id) => ids.has(id))) ?? null;
}

/** Whether a role includes another: an admin is a trader, a trader is a viewer. */
export const includesRole = (held: Role | null, needed: Role): boolean =>
  held !== null && ROLES.indexOf(held) >= ROLES.indexOf(needed);
