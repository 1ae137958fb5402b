// Loaded into the VS Code server before its own code. In a browser, VS Code seals its secret storage with a key of which the
// server keeps one half; this server lacks the answer to that one question, and without it secrets are gone when the page is
// loaded again. This gives the answer: 32 random bytes, made once, in the server's data folder.
'use strict';

const { randomBytes } = require('node:crypto');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { Server } = require('node:http');
const { join } = require('node:path');

const dataDir = process.argv[process.argv.indexOf('--server-data-dir') + 1];
const path = join(dataDir, 'secret-key-half');

// Processes that the server starts may load this file too; they have nothing to answer.
if (process.argv[1].endsWith('server-main.js')) {
  const { emit } = Server.prototype;
  Server.prototype.emit = function emitOrAnswer(event, request, response, ...rest) {
    if (event !== 'request' || request.method !== 'POST' || request.url !== '/mint-key') {
      return emit.call(this, event, request, response, ...rest);
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(keyHalf());
    return true;
  };
}

function keyHalf() {
  try {
    return readFileSync(path);
  } catch {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, randomBytes(32), { mode: 0o600 });
    return readFileSync(path);
  }
}
