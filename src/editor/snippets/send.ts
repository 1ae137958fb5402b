// "Send Selection…" and its like: a snippet to peers that are picked, or to one that is known before.

import type { Peer } from '../../core/peers/peers.ts';
import type { ItemSource } from '../../core/wire/item.ts';
import { isBlocked } from '../sending/sendFile.ts';
import { type SendContext, sendItems } from '../sending/sendItems.ts';
import { selectionItem } from './gather.ts';
import { cellItem, clipboardItem, problemItem, terminalItem } from './sources.ts';

/** "Send Selection…". Fails as selectionItem, or as sendItems does. */
export async function sendSelection(context: SendContext): Promise<void> {
  await send(context, selectionItem());
}

/** The same to a peer who is known before. */
export async function sendSelectionTo(context: SendContext, to: Peer): Promise<void> {
  if (!(await isBlocked(context, to))) await sendItems(context, [selectionItem()], { to });
}

/** "Send Clipboard Text…". Fails as clipboardItem, or as sendItems does. */
export async function sendClipboard(context: SendContext): Promise<void> {
  await send(context, await clipboardItem());
}

/** "Send Terminal Selection…". Fails as terminalItem, or as sendItems does. */
export async function sendTerminalSelection(context: SendContext): Promise<void> {
  await send(context, await terminalItem());
}

/** "Send Notebook Cell…": of the menu of a cell, or that in front. Fails as cellItem, or as sendItems does. */
export async function sendCell(context: SendContext, cell: unknown): Promise<void> {
  await send(context, cellItem(cell));
}

/** "Send Problem…". Fails as problemItem, or as sendItems does. */
export async function sendProblem(context: SendContext): Promise<void> {
  const item = await problemItem(context.ui);
  if (item !== undefined) await send(context, item);
}

async function send(context: SendContext, item: ItemSource): Promise<void> {
  await sendItems(context, [item]);
}
