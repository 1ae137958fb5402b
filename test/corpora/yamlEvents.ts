// The events of yaml-test-suite, one a line: `+MAP`, `=VAL &a <tag> :text`, `=ALI *a`, `-MAP`.

/** What keys a text of YAML has that a map from texts cannot hold. */
export type UnusualKeys = { readonly isCollection: boolean; readonly isRepeated: boolean };

type Open = { readonly isMap: boolean; nodes: number; readonly keys: Set<string> };

/** Looks for keys that are collections, by themselves or by an alias, and for keys that stand twice in one map. */
export function unusualKeys(events: string): UnusualKeys {
  const open: Open[] = [];
  const collections = new Set<string>();
  let [isCollection, isRepeated] = [false, false];
  for (const event of events.split('\n').map((line) => line.trim())) {
    if (/^-(?:MAP|SEQ)/.test(event)) open.pop();
    if (!/^(?:[+](?:MAP|SEQ)|=)/.test(event)) continue;
    const begins = event.startsWith('+');
    const parent = open.at(-1);
    if (parent?.isMap === true && parent.nodes % 2 === 0) {
      if (begins || collections.has(/^=ALI \*(.*)$/.exec(event)?.[1] ?? '')) isCollection = true;
      else if (parent.keys.has(event)) isRepeated = true;
      parent.keys.add(event);
    }
    if (parent !== undefined) parent.nodes += 1;
    if (!begins) continue;
    const anchor = /^\S+(?: [[{][\]}])? &(\S+)/.exec(event)?.[1];
    if (anchor !== undefined) collections.add(anchor);
    open.push({ isMap: event.startsWith('+MAP'), nodes: 0, keys: new Set() });
  }
  return { isCollection, isRepeated };
}
