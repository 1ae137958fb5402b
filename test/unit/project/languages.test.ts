// What the editor shows can be translated: every text of it passes one place, and is known before it is shown.

import assert from 'node:assert/strict';

import { shownTexts } from '../../support/shownTexts.ts';

describe('The texts of the editor', function () {
  this.timeout(30_000);

  it('are translated, but for names', () => {
    assert.deepEqual([...new Set(shownTexts().raw)].toSorted(), [
      'src/editor/asking/formatPick.ts: JSON',
      'src/editor/asking/formatPick.ts: XML',
      'src/editor/menus.ts: Ferry',
      'src/editor/requests/waitingItem.ts: Ferry:',
      'src/editor/statusBar.ts: Ferry',
      'src/editor/statusBar.ts: Ferry:',
      'src/editor/transfers/activity.ts: Ferry:',
    ]);
  });

  it('are known before they are shown, but for the sentences of core, which are known there', () => {
    const { translated, dynamic } = shownTexts();
    assert.deepEqual(
      dynamic.map((place) => place.replace(/:\d+$/, '')),
      ['src/editor/asking/errorWords.ts', 'src/editor/doctor/diagnose.ts'],
    );
    assert.ok(translated.size > 300, `${translated.size} texts`);
    assert.ok(translated.has('{0} answered in a way that Ferry does not understand.'));
  });
});
