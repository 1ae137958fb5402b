// Media types as HTTP writes them (RFC 9110 section 8.3.1), with parameters that may be quoted.

/** A token of section 5.6.2. */
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** A quoted string of section 5.6.4, without the bytes beyond ASCII that only old fields have. */
const quoted = String.raw`"(?:[\t\x20!#-\[\]-~]|\\[\t\x20-~])*"`;
/**
 * White space before and behind each semicolon, with or without a parameter behind it. White space that ends in another semicolon
 * fits one place alone, so that no text can be divided in many ways.
 */
const pattern = new RegExp(String.raw`^${token}/${token}(?:[ \t]*;(?:[ \t]*${token}=(?:${token}|${quoted})|[ \t]+$)?)*$`);

/** Whether a text is one media type and nothing else. */
export function isMediaType(text: string): boolean {
  return pattern.test(text);
}
