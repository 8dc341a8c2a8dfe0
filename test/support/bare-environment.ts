/** What reaches a program under test; where compiled code is kept, for the next one that starts. */
const PASSED_ON = ['PATH', 'HOME', 'NODE_COMPILE_CACHE'] as const;

/** The surroundings of a program under test: what the machine has set for itself must not reach it. */
export const BARE_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  }),
);
