// Looks for names of machine, user or folder in what discovery sends.

/**
 * Texts that stand in every record of Ferry, whoever sends it: an owner's name may be one of them by chance, and says nothing
 * then.
 */
const ofTheProtocol = /^(_ferry|_tcp|local|v=1)$/;

/**
 * Those of `secrets` that a packet tells, whole and in any case, in its labels or between them. A name stays out of it where
 * it is too short to be told from chance, and where all that tells it is a text of the protocol or of `known`.
 */
export function namesIn(packet: Buffer, secrets: readonly string[], known: readonly string[] = []): readonly string[] {
  const texts = textsIn(packet);
  const rest = texts.reduce((left, text) => left.replaceAll(text, '\n'), packet.toString('latin1'));
  const telling = texts
    .filter((text) => !ofTheProtocol.test(text))
    .map((text) => known.reduce((left, part) => left.replaceAll(part, '\n'), text));
  const searched = Buffer.from([rest, ...telling].join('\n'), 'latin1')
    .toString()
    .toLowerCase();
  return secrets.filter((name) => name.length > 4 && searched.includes(name.toLowerCase()));
}

/** The texts in a packet: labels and strings, each with its length in front. */
export function textsIn(packet: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 12; at < packet.length; ) {
    const length = packet[at] ?? 0;
    const text = packet.toString('latin1', at + 1, at + 1 + length);
    if (length > 2 && /^[\x20-\x7e]+$/.test(text) && text.length === length) {
      texts.push(text);
      at += length + 1;
    } else at += 1;
  }
  return texts;
}
