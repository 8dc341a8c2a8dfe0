import type { IncomingMessage } from 'node:http';

import type { WebSocket } from 'ws';

import type { Faults } from './faults.ts';
import { wireFormatOf } from './wire-format.ts';
import type { WireFormat } from './wire-format.ts';

/** One client's connection, with what may go wrong on it. */
export interface Line {
  readonly format: WireFormat;
  readonly faults: Faults;
  /** Answers what the client has asked. */
  answer(data: string | Uint8Array): void;
  /** Tells of something that has happened, unless the stream is mute. */
  tell(data: string | Uint8Array): void;
  /** Has a subscription take effect, now or when the delay is over. */
  soon(effect: () => void): void;
  onMessage(handle: (message: unknown) => void): void;
  onClose(handle: () => void): void;
  /** Says good-bye. */
  close(): void;
  /** From now on it neither hears nor says anything; pings stay without an answer, too. */
  goSilent(): void;
}

export function createLine(socket: WebSocket, request: IncomingMessage, faults: Faults): Line {
  const format = wireFormatOf(request);
  let isSilent = false;
  const answer = (data: string | Uint8Array): void => {
    // JSON goes in text frames, bytes in binary ones.
    if (!isSilent) socket.send(data);
  };
  return {
    format,
    faults,
    answer,
    tell(data) {
      if (!faults.isMute) answer(data);
    },
    soon(effect) {
      if (faults.ackDelayMs > 0) faults.timers.after(faults.ackDelayMs, effect);
      else effect();
    },
    onMessage(handle) {
      socket.on('message', (data) => handle(format.decode(data)));
    },
    onClose(handle) {
      socket.on('close', handle);
    },
    close() {
      socket.close();
    },
    goSilent() {
      isSilent = true;
      socket.pause();
    },
  };
}
