import { existsSync } from 'node:fs';

/** A tool was not asked properly; the text says how to. */
export class UsageError extends Error {}

/**
 * Runs a tool of the command line: what it returns is the exit code. What it throws is told in one line,
 * with exit code 2 for a UsageError and 1 otherwise.
 *
 * @param usage what --help shows, of a tool that does not itself
 */
export async function runTool(
  tool: (argv: readonly string[]) => Promise<number>,
  usage: string | null = null,
): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  // Whoever reads has seen enough, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const argv = process.argv.slice(2);
  if (usage !== null && argv.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    process.exitCode = await tool(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** An argument's value, and the arguments without it. Null where it is not given. */
export function takeArgument(
  argv: readonly string[],
  name: string,
): { readonly value: string | null; readonly others: readonly string[] } {
  const words = argv.flatMap((word) =>
    word.startsWith(`${name}=`) ? [name, word.slice(name.length + 1)] : [word],
  );
  const at = words.indexOf(name);
  if (at === -1) return { value: null, others: words };
  return { value: words[at + 1] ?? null, others: words.toSpliced(at, 2) };
}
