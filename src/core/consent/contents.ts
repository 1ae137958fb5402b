// What an offer holds, as a person has to see it before they answer: what may run something comes first, wherever the sender put
// it.

import { isDangerousName } from '../text/dangerousName.ts';
import { safeFileName } from '../text/safeName.ts';
import { type FolderContents, type OfferedItem, offeredName } from '../wire/item.ts';

/**
 * One item of an offer: its number, its name where it is not inside a seal, and whether a file of that name may run something.
 */
export type OfferedContent = {
  readonly n: number;
  readonly name: string | undefined;
  readonly size: number;
  readonly mayRun: boolean;
  /** What is in it, where it is a folder. */
  readonly folder?: FolderContents | undefined;
  /** Where it comes from, where it is a snippet. */
  readonly place?: { readonly path: string; readonly lines: string | undefined } | undefined;
};

/** The items of an offer, those that may run something in front, the others in their order. */
export function contentsOf(items: readonly OfferedItem[]): readonly OfferedContent[] {
  const contents = items.map((item, n) => ({
    n,
    name: offeredName(item),
    size: item.size,
    mayRun: mayRun(item),
    folder: item.kind === 'sealed' ? undefined : item.folder,
    place: item.kind === 'snippet' ? { path: item.context?.path ?? item.name, lines: item.context?.lines } : undefined,
  }));
  return [...contents.filter((content) => content.mayRun), ...contents.filter((content) => !content.mayRun)];
}

/**
 * Whether a file may run something by itself, by its name as it was sent or as it would land. What is inside a seal cannot be
 * known.
 */
export function mayRun(item: OfferedItem): boolean {
  if (item.kind === 'sealed') return false;
  const paths = [item.name, safeFileName(item.name), ...(item.folder?.names ?? [])];
  return paths.some((path) => isDangerousName(path));
}

/**
 * Whether it takes a second yes to let items land in a folder that an editor has open, at this path below it: where one of them
 * may run something there under its name, or under the one chosen for it, and where nobody can say (isUnknown), unless the
 * person was told so when they chose the folder.
 */
export function needsSecondYes(items: readonly OfferedItem[], below: string, { name, isTold = false }: SecondYes = {}): boolean {
  return items.some((item) => {
    if ((isUnknown(item) && !isTold) || mayRun(item)) return true;
    return isDangerousName(`${below}/${safeFileName(name ?? offeredName(item) ?? 'item')}`);
  });
}

/** `name`: the one chosen for an item. `isTold`: the person has read that what cannot be known may run something. */
export type SecondYes = { readonly name?: string | undefined; readonly isTold?: boolean };

/** Whether nobody can say whether an item holds what may run by itself: what is sealed, or in a folder. */
export function isUnknown({ kind }: OfferedItem): boolean {
  return kind === 'sealed' || kind === 'folder';
}

/** Paths in a folder, those that may make something run in front, wherever the sender put them. */
export function dangerousFirst(paths: readonly string[]): readonly string[] {
  return [...dangerousOnly(paths), ...paths.filter((path) => !isDangerousName(path))];
}

/** Those of the paths in a folder that may make something run. */
export function dangerousOnly(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => isDangerousName(path));
}
