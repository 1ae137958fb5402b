// A stand-in, in plain JavaScript, for VS Code's native log writer (@vscode/spdlog). The native one needs a compiler, which a
// bare machine lacks, and without any, VS Code writes no log file: every output channel then stays empty. It has the
// functions that VS Code calls, and writes at once instead of in a thread of its own.
'use strict';

const { appendFileSync, mkdirSync, renameSync, statSync } = require('node:fs');
const { dirname } = require('node:path');

const levelNames = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const off = levelNames.length;
let sharedLevel = 2;

class Logger {
  constructor(_type, _name, path, maxBytes, maxFiles) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.maxFiles = maxFiles;
    this.level = sharedLevel;
    this.raw = false;
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.raw = false;
  }

  clearFormatters() {
    this.raw = true;
  }

  flush() {}

  drop() {
    this.level = off;
  }

  write(level, message) {
    if (level < this.level) return;
    const line = this.raw ? message : `${timestamp(new Date())} [${levelNames[level]}] ${message}\n`;
    try {
      this.rotate(Buffer.byteLength(line));
      appendFileSync(this.path, line);
    } catch {
      // A log that cannot be written, in a folder that is being removed for example, must not end the editor.
    }
  }

  rotate(bytes) {
    if (!this.maxBytes || sizeOf(this.path) + bytes <= this.maxBytes) return;
    for (let number = this.maxFiles - 1; number >= 1; number -= 1) {
      const from = number === 1 ? this.path : numbered(this.path, number - 1);
      if (sizeOf(from) > 0) renameSync(from, numbered(this.path, number));
    }
  }
}

for (const [level, name] of ['trace', 'debug', 'info', 'warn', 'error', 'critical'].entries()) {
  Logger.prototype[name] = function log(message) {
    this.write(level, message);
  };
}

function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function numbered(path, number) {
  const dot = path.lastIndexOf('.');
  return `${path.slice(0, dot)}.${String(number)}${path.slice(dot)}`;
}

function timestamp(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1).replace('T', ' ');
}

async function createLogger(type, name, path, maxBytes, maxFiles) {
  mkdirSync(dirname(path), { recursive: true });
  return new Logger(type, name, path, maxBytes, maxFiles);
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => {
  sharedLevel = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = (...args) => createLogger('rotating', ...args);
exports.createAsyncRotatingLogger = (...args) => createLogger('rotating_async', ...args);
