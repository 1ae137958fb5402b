// A session in a real terminal: the prompt, a question, progress, and Ctrl+C, as they stand on the screen. The screens are part
// of the test's output.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import { endFerries, ferrySources } from '../../support/cliProcess.ts';
import { type HeadlessPeer, headlessPeer, memoryItem } from '../../support/headlessPeer.ts';
import { ownMdnsPort } from '../../support/mdnsPort.ts';
import { skip } from '../../support/skipping.ts';
import { removeTempFolders, tempFolder } from '../../support/temp.ts';

const run = promisify(execFile);
/** What has not come onto the screen by then hangs. */
const hangMs = 40_000;
const lookMs = 50;

describe('A terminal', function () {
  this.timeout(240_000);
  let folder = '';
  let grace: HeadlessPeer | undefined;
  /** One for each test: the one before may still be on its way out. */
  let server = '';
  let sessions = 0;

  const peer = (): HeadlessPeer => grace ?? assert.fail('there is no peer');
  const tmux = (...words: readonly string[]) => run('tmux', ['-L', server, ...words]);
  const screen = async (): Promise<string> => (await tmux('capture-pane', '-p', '-t', 'ferry')).stdout.trimEnd();
  const keys = (...typed: readonly string[]) => tmux('send-keys', '-t', 'ferry', ...typed);
  /** Waits until the screen shows something, and prints it. */
  const shows = async (what: RegExp): Promise<string> => {
    const until = performance.now() + hangMs;
    for (;;) {
      const now = await screen();
      if (what.test(now)) {
        console.log(now.replaceAll(/^/gm, '      | '));
        return now;
      }
      assert.ok(performance.now() < until, `${what.source} is not on the screen:\n${now}`);
      await wait(lookMs);
    }
  };
  const start = async (...words: readonly string[]): Promise<void> => {
    const line = [...ferrySources, ...words, '--local', '--data', join(folder, 'data'), '--own-name', 'me'];
    const port = `FERRY_TEST_MDNS_PORT=${await ownMdnsPort()}`;
    const command = `${[port, ...line.map((word) => `'${word}'`)].join(' ')}; echo "exit code $?"; cat`;
    sessions += 1;
    server = `ferry-test-${process.pid}-${sessions}`;
    await tmux('new-session', '-d', '-s', 'ferry', '-x', '100', '-y', '20', command);
  };

  before(async function () {
    try {
      execFileSync('tmux', ['-V']);
    } catch {
      skip(this, 'tmux');
    }
    folder = await tempFolder();
    grace = await headlessPeer({ name: 'Grace', answer: 'save', pairing: 'confirm' });
    await writeFile(join(folder, 'hello.txt'), 'hello\n');
    const file = await open(join(folder, 'big.bin'), 'w');
    await file.truncate(2_000_000_000);
    await file.close();
  });
  afterEach(async () => {
    await tmux('kill-server').catch(() => undefined);
  });
  after(async () => {
    await grace?.stop();
    await endFerries();
    await removeTempFolders();
  });

  it('has a prompt that sends, says what there is, and is left by exit', async () => {
    await start();
    await shows(/ferry>$/);
    await keys('fly', 'Enter');
    await shows(/There is no fly\. There are put, list, get, message, peers, help, exit\.\nferry>$/);
    await keys(`put ${join(folder, 'hello.txt')} grace`, 'Enter');
    await shows(/Grace received hello\.txt\.\nferry>$/);
    assert.equal(await readFile(join(peer().folder, 'hello.txt'), 'utf8'), 'hello\n');
    await keys('exit', 'Enter');
    await shows(/exit code 0/);
  });

  it('shows progress, and Ctrl+C ends a transfer and not the prompt', async () => {
    await start();
    await shows(/ferry>$/);
    await keys(`put ${join(folder, 'big.bin')} grace`, 'Enter');
    await shows(/^ *\d+ % {2}\d.* of 2\.0 GB/m);
    await keys('C-c');
    await shows(/Stopped\. What they have is kept there for a week: the same command goes on with it\.\s+ferry>$/);
    await keys('C-c');
    await shows(/exit code 130/);
  });

  it('asks about an offer, and pairs by a code that it shows', async () => {
    await start('receive', '--into', join(folder, 'into'));
    const shown = await shows(/listens on port \d+\./);
    const port = Number(/port (\d+)\./.exec(shown)?.[1]);
    const { peerId } = await peer().online.directory.greet({ host: '127.0.0.1', port });
    const to = { id: peerId, addresses: [{ host: '127.0.0.1', port }] };
    const sent = peer().send(to, [memoryItem('plan.txt', new TextEncoder().encode('plan\n'))]);
    await shows(/Grace \((?:known|new, unverified), [A-Z2-7]{7}-[A-Z2-7]{7}\) sends plan\.txt \(5 B\)\.\s+Accept\? \[y\/N\]$/);
    await keys('y', 'Enter');
    await shows(/Received plan\.txt from Grace: /);
    assert.equal((await sent).phase, 'delivered');
    const paired = peer().pair({ host: '127.0.0.1', port });
    await shows(/Pairing code: \d{3} \d{3}\s+Read it out to Grace\. Do they see the same\?/);
    await keys('y', 'Enter');
    await shows(/Paired with Grace\./);
    assert.equal((await paired).phase, 'paired');
    await keys('C-c');
    await shows(/exit code 130/);
  });
});
