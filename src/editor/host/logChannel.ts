// Ferry's log as a log output channel: fields follow the message as JSON.

import * as vscode from 'vscode';

import type { Disposable } from '../../core/base/event.ts';
import type { Log, LogFields } from '../../core/base/log.ts';
import { printable } from '../../core/text/safeText.ts';

/** Opens the channel "Ferry Log". */
export function openLog(): Log & Disposable & { show(): void } {
  const channel = vscode.window.createOutputChannel('Ferry Log', { log: true });
  const line = (message: string, fields?: LogFields): string =>
    printable(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  return {
    debug: (message, fields) => channel.debug(line(message, fields)),
    info: (message, fields) => channel.info(line(message, fields)),
    warn: (message, fields) => channel.warn(line(message, fields)),
    error: (message, fields) => channel.error(line(message, fields)),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
