// The word list for passphrases, behind one function so that its 100 kB load only when somebody wants a passphrase.

/** 7772 English words of three to nine lower-case letters: the EFF's long list without the four that have a hyphen. */
export async function loadWords(): Promise<readonly string[]> {
  const { DEFAULT_WORDLIST } = await import('secure-password-utilities/wordlists');
  return DEFAULT_WORDLIST;
}
