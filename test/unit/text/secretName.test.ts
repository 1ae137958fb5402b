// Names of secrets, and names that only look like them.

import assert from 'node:assert/strict';

import { isSecretName } from '../../../src/core/text/secretName.ts';

const secrets = [
  '.env',
  '.ENV',
  '.env.production',
  '.env.local',
  '.envrc',
  'a/b/.env',
  'id_rsa',
  'id_ed25519_sk',
  'server.key',
  'cert.PEM',
  'store.jks',
  'passwords.kdbx',
  '.npmrc',
  '.netrc',
  '.git-credentials',
  '.aws',
  '.ssh',
  '.gnupg',
  'credentials.json',
  'client_secret_1.json',
  'service-account-a.json',
  'secrets.yaml',
  'secret.env',
  'terraform.tfstate',
];
const others = [
  '.env.example',
  '.env.sample',
  '.env.local.template',
  'environment.ts',
  'env',
  'id_rsa.pub',
  'keys.ts',
  'key',
  'monkey',
  'secrets.ts',
  'credentials.md',
  '.ssh/config',
  'aws',
  'package.json',
];

describe('The name of a secret', () => {
  for (const name of secrets) it(`is ${name}`, () => assert.ok(isSecretName(name)));
  for (const name of others) it(`is not ${name}`, () => assert.ok(!isSecretName(name)));
});
