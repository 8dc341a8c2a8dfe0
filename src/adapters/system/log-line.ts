/** One entry of the log, as pino writes it. */
export interface LogEntry {
  readonly level: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly msg: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `14:30:05 warn  the message key=value`, and below it, indented, the stacks of errors. */
export function formatLogEntry({ level, time, msg, fields = {} }: LogEntry): string {
  const { stacks, ...shown } = fields;
  const pairs = Object.entries(shown).map(([name, value]) => ` ${name}=${formatValue(value)}`);
  const traces = Array.isArray(stacks) ? stacks.flatMap((stack) => String(stack).split('\n')) : [];
  const line = `${timeOfDay(time)} ${level.padEnd(5)} ${escape(msg)}${pairs.join('')}`;
  return `${[line, ...traces.map((trace) => `    ${escape(trace.trim())}`)].join('\n')}\n`;
}

/** On the machine's own clock. */
const timeOfDay = (time: number): string => new Date(time).toTimeString().slice(0, 8);

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=\\]+$/.test(value)) return escape(value);
  return escape(JSON.stringify(value) ?? 'undefined');
}

const CONTROL = /\p{Cc}/gu;

/** One entry stays on its line, and no text from outside can steer the terminal. */
const escape = (text: string): string =>
  text.replaceAll(
    CONTROL,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
