import { SANDBOX_DISCORD } from '../constants.ts';
import type { PersonKey } from '../constants.ts';
import { permissionsOf } from '../guild.ts';
import { GLOBAL_SCOPE } from '../rest/command-routes.ts';
import type { ChannelStore } from '../store.ts';
import type { WireCommand, WireCommandOption } from '../wire.ts';

const SUB_COMMAND = 1;
const GROUP = 2;

/** A command as a person types it: sub-commands are entries of their own. */
export interface CommandEntry {
  /** "positions", or with a sub-command "config show". */
  readonly path: string;
  readonly description: string;
  readonly options: readonly WireCommandOption[];
  readonly command: WireCommand;
}

/** The commands that a person sees in the list, in the order of their names. */
export function commandEntries(store: ChannelStore, as: PersonKey): readonly CommandEntry[] {
  return [...store.commands(GLOBAL_SCOPE), ...store.commands(SANDBOX_DISCORD.guildId)]
    .filter((command) => isVisible(command, as))
    .flatMap((command) => expand(command, command.name, command))
    .toSorted((a, b) => a.path.localeCompare(b.path));
}

/** "0" hides a command from everybody but administrators, who see all. */
function isVisible({ default_member_permissions: needed }: WireCommand, as: PersonKey): boolean {
  if (needed === null || as === 'admin') return true;
  const bits = BigInt(needed);
  return bits !== 0n && (permissionsOf(as) & bits) === bits;
}

interface Described {
  readonly description: string;
  readonly options?: readonly WireCommandOption[];
}

function expand(command: WireCommand, path: string, node: Described): CommandEntry[] {
  const options = node.options ?? [];
  const nested = options.filter(({ type }) => type === SUB_COMMAND || type === GROUP);
  if (nested.length === 0) return [{ path, description: node.description, options, command }];
  return nested.flatMap((child) => expand(command, `${path} ${child.name}`, child));
}

/** The options of an entry, wrapped in its sub-command and group as they go over the wire. */
export function nestOptions({ path }: CommandEntry, options: readonly unknown[]) {
  const [, ...names] = path.split(' ');
  return names
    .toReversed()
    .reduce<readonly unknown[]>(
      (inner, name, depth) => [{ type: depth === 0 ? SUB_COMMAND : GROUP, name, options: inner }],
      options,
    );
}
