// What there is one of in a window, for whoever needs it: each part of the editor takes the members that it uses, and no others.

import type * as vscode from 'vscode';

import type { Log } from '../core/base/log.ts';
import type { Doorbell } from '../core/consent/doorbell.ts';
import type { Examine } from '../core/doctor/facts.ts';
import type { Messages } from '../core/messages/messages.ts';
import type { Pairings } from '../core/pairing/responder.ts';
import type { PeerBook } from '../core/peers/book.ts';
import type { PeerId } from '../core/peers/peerId.ts';
import type { Presence, Session } from '../core/presence.ts';
import type { Inbox } from '../core/receiving/inbox.ts';
import type { ReceiveStore } from '../core/receiving/store.ts';
import type { Outbox } from '../core/sending/outbox.ts';
import type { Browser } from '../core/sharing/getting/browser.ts';
import type { Fetcher } from '../core/sharing/getting/fetcher.ts';
import type { ShareBook } from '../core/sharing/shares.ts';
import type { Sharing } from '../core/sharing/sharing.ts';
import type { SealKeyPairJwk } from '../core/wire/sealKey.ts';
import type { Files } from './host/files.ts';
import type { Settings } from './host/settings.ts';
import type { Ui } from './host/ui.ts';
import type { ReceivedFiles } from './receiving/documents.ts';
import type { InboxView } from './receiving/inboxView.ts';
import type { SentItems } from './transfers/sentItems.ts';

export type App = {
  readonly ui: Ui;
  readonly log: Log & { show(): void };
  readonly settings: Settings;
  readonly files: Files;

  readonly presence: Presence;
  readonly book: PeerBook;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly sent: SentItems;
  readonly messages: Messages;
  readonly pairings: Pairings;
  readonly doorbell: Doorbell;
  readonly store: ReceiveStore;
  /** What this person shares, what peers get of it, and what peers share: each loaded when it is asked for. */
  readonly shares: () => Promise<ShareBook>;
  readonly sharing: () => Promise<Sharing>;
  readonly fetcher: () => Promise<Fetcher>;
  readonly browser: () => Promise<Browser>;
  /** Whether this is the other machine of a remote window, so that its networks are the ones that Ferry is on. */
  readonly isRemote: boolean;
  /** What being online gives, or undefined. */
  readonly session: () => Session | undefined;
  /** The person goes online, as the settings say. */
  readonly goOnline: () => Promise<void>;
  /** Goes online as the settings say, unless the person took this window offline. */
  readonly applySettings: () => Promise<void>;
  /** The folder for received files. */
  readonly receiveFolder: () => string;

  /** Looks for what is wrong with the connection. */
  readonly examine: Examine;

  /** This person's peer ID, once it is known. */
  readonly own: () => PeerId | undefined;
  /** This person's private seal keys. Fails with ERR_IDENTITY_UNREADABLE. */
  readonly ownKeys: () => Promise<readonly SealKeyPairJwk[]>;
  readonly identity: IdentityStore;

  /** Brings the Inbox to the front; and its row in focus, for keys, which are told none. */
  readonly inboxView: Pick<InboxView, 'show' | 'focusedRow'>;
  /** Received items that were not saved, as documents. */
  readonly documents: ReceivedFiles;
  readonly output: vscode.OutputChannel;
  /** Tells where a selection stopped being a dictionary, once the person wants to see it. */
  readonly diagnostics: Pick<vscode.DiagnosticCollection, 'set' | 'delete'>;
};

/** The identity as a text that holds all of it. */
export type IdentityStore = {
  /** Fails with ERR_IDENTITY_UNREADABLE. */
  readonly read: () => Promise<string>;
  /** Makes another identity this person's, in all windows. Fails with ERR_IDENTITY_UNREADABLE where the text is none. */
  readonly replace: (text: string) => Promise<void>;
  /**
   * Begins with a new identity where the secret storage has lost the old one, and goes online. Fails with
   * ERR_IDENTITY_UNREADABLE.
   */
  readonly renew: () => Promise<void>;
  /** The peer ID of a stored text. Fails with ERR_IDENTITY_UNREADABLE. */
  readonly peerIdOf: (text: string) => PeerId;
};
