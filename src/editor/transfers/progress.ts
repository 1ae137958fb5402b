// A transfer in its progress notification: bytes, rate and time left.

import * as vscode from 'vscode';

import type { Event } from '../../core/base/event.ts';
import { PaceMeter } from '../../core/sending/pace.ts';
import { progressWords } from '../asking/words.ts';

const { l10n } = vscode;

/** Told of a text, and of how many more hundredths are done. */
export type Report = (message: string, increment?: number) => void;

type Progress =
  | { readonly phase: 'moving'; readonly sent: number; readonly total: number }
  | { readonly phase: 'receiving'; readonly received: number; readonly total: number }
  | { readonly phase: string };

/** Reports states as they come, and bytes five times a second at most. */
export function reporter(report: Report): (state: Progress) => void {
  const meter = new PaceMeter();
  let percent = 0;
  let told = -Infinity;
  return (state) => {
    const moved = 'sent' in state ? state.sent : 'received' in state ? state.received : undefined;
    if (moved === undefined || !('total' in state)) {
      const words = stillWords(state.phase);
      if (words !== undefined) report(words);
      return;
    }
    const now = performance.now();
    if (now - told < 200 && moved < state.total) return;
    told = now;
    const next = state.total === 0 ? 100 : (moved / state.total) * 100;
    report(progressWords(moved, state.total, meter.measure(moved, state.total, now)), next - percent);
    percent = next;
  };
}

/** Hands every state to `tell`, beginning with the one that is now, until one is the last that counts, which it gives. */
export function followState<State>(
  changes: Event<unknown>,
  now: () => State | undefined,
  isLast: (state: State) => boolean,
  tell: (state: State) => void,
): Promise<State | undefined> {
  return new Promise((resolve) => {
    let seen: State | undefined;
    const look = (): boolean => {
      const state = now();
      if (state === undefined || isLast(state)) {
        resolve(state);
        return true;
      }
      if (state !== seen) tell(state);
      seen = state;
      return false;
    };
    if (look()) return;
    const following = changes(() => {
      if (look()) following.dispose();
    });
  });
}

function stillWords(phase: string): string | undefined {
  switch (phase) {
    case 'queued':
      return l10n.t('waiting for its turn…');
    case 'reaching':
      return l10n.t('connecting…');
    case 'waiting':
      return l10n.t('waiting for them to accept…');
    case 'interrupted':
      return l10n.t('connection lost, looking for them…');
    default:
      return undefined;
  }
}
