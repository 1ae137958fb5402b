// Names under which secrets usually lie: keys, passwords, tokens. They stay at home when a folder is sent, unless the person says
// otherwise.

const folders = /^\.(ssh|gnupg|aws|azure|kube|docker|password-store)$/;

const names: readonly RegExp[] = [
  // An example holds no secret: it is there to be passed on.
  /^\.envrc$|^\.env(?!.*\.?(example|sample|template|dist)$)(\..*)?$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p8|p12|pfx|pkcs12|jks|keystore|ppk|kdbx|asc|gpg|ovpn|tfstate|tfvars|mobileprovision)$/,
  /^\.(npmrc|yarnrc\.yml|pypirc|netrc|pgpass|my\.cnf|htpasswd|git-credentials|dockercfg|s3cfg|vault-token|terraformrc)$/,
  /^(_netrc|credentials|credentials\.json|client_secret.*\.json|service[-_]account.*\.json|secrets?\.(json|toml|ini|env|properties))$/,
  /^secrets?\.ya?ml$|^(master|production)\.key$|^wallet\.dat$|^login\.keychain(-db)?$/,
];

/** Whether the last component of a path, of whatever system, is a name that secrets have. The case of letters does not matter. */
export function isSecretName(path: string): boolean {
  const name = (path.split(/[/\\]/).at(-1) ?? '').toLowerCase();
  return folders.test(name) || names.some((pattern) => pattern.test(name));
}
