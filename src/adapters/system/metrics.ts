import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What the bot counts of itself; each metric explains itself on the metrics page. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Metrics in a registry of their own, with those of the process. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ) => new Counter({ name: `bracketeer_${name}_total`, help, labelNames, registers });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `bracketeer_${name}`, help, registers });
  return {
    cycles: counter('cycles', 'Trading cycles that were finished.'),
    cycleSeconds: new Histogram({
      name: 'bracketeer_cycle_duration_seconds',
      help: 'How long a trading cycle took.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    intents: counter('intents', 'Intents that were written down.'),
    /** outcome: submitted, rejected. */
    orders: counter(
      'orders',
      'Orders and moves of stops sent to the broker, by what became of them.',
      ['outcome'],
    ),
    /** outcome: done, denied, failed. */
    commands: counter('commands', 'Slash commands, by name and outcome.', ['command', 'outcome']),
    /** outcome: posted, edited, failed. */
    deliveries: counter('discord_deliveries', 'Cards delivered to the channel, by outcome.', [
      'outcome',
    ]),
    openPositions: gauge('open_positions', 'Positions at the broker.'),
    protectedPositions: gauge('protected_positions', 'Positions with a live stop at the broker.'),
    closings: gauge('closings', 'Positions that the bot is closing.'),
    interference: gauge(
      'bracket_interference_today',
      'Legs of brackets cancelled or replaced today without a lawful reason; must be 0.',
    ),
    impediments: gauge('entry_impediments', 'Reasons why no entry is made just now.'),
    outboxBacklog: gauge('outbox_backlog', 'Cards that wait to be delivered.'),
    /** The page, in the text format of Prometheus. */
    text: () => registry.metrics(),
  };
}
