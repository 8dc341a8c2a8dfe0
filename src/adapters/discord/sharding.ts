import { SimpleShardingStrategy } from 'discord.js';
import type { SessionInfo, WebSocketOptions } from 'discord.js';

import { isLoopback, requireLoopback } from './loopback.ts';

type BuildStrategy = NonNullable<WebSocketOptions['buildStrategy']>;

interface ShardingOptions {
  /** Whether nothing but loopback may be called. */
  readonly mustStayHere: boolean;
  /** After it no shard connects any more. */
  readonly ending: AbortSignal;
}

const isElsewhere = ({ resumeURL }: SessionInfo): boolean => !isLoopback(resumeURL);

/** Of a promise that nobody will ever settle: whoever waits for it is left behind. */
const never = (): Promise<never> => new Promise(() => undefined);

/**
 * The library's way to run shards, with three changes.
 *
 * Where the gateway cannot be reached at first, a shard goes on trying by itself, and yet the login
 * fails: the client is thrown away while its shard later identifies after all, and lives on beside its
 * successor. So a failed first attempt is no failure of the login here; shard events tell of it.
 *
 * A shard that is destroyed while it connects takes the broken wait for a lost connection and comes
 * back half a second later. So a shard that asks for its session after the end gets no answer.
 *
 * Where nothing may leave this machine, the two sources of gateway addresses are watched: the one that
 * REST names, and the one that a session is resumed at. A session to be resumed elsewhere is given up,
 * and a new one begins at the first.
 */
export const buildStrategy =
  ({ mustStayHere, ending }: ShardingOptions): BuildStrategy =>
  (manager) => {
    const retrieveSessionInfo = manager.options.retrieveSessionInfo.bind(manager.options);
    manager.options.retrieveSessionInfo = async (shardId) => {
      if (ending.aborted) return never();
      const session = await retrieveSessionInfo(shardId);
      return session !== null && mustStayHere && isElsewhere(session) ? null : session;
    };

    const fetchGatewayInformation = manager.fetchGatewayInformation.bind(manager);
    manager.fetchGatewayInformation = async (force) => {
      const information = await fetchGatewayInformation(force);
      if (mustStayHere) requireLoopback(information.url);
      return information;
    };

    const strategy = new SimpleShardingStrategy(manager);
    const connect = strategy.connect.bind(strategy);
    strategy.connect = () => connect().catch(() => undefined);
    return strategy;
  };
