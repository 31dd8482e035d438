// Over TLS: the cookie is __Host-, and the session lives on it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { newPage, patience, settled, signIn, startBrowser, startStack } from './stage.mjs';

test('the cookie over https is __Host-inkan, Secure, HttpOnly, SameSite=Strict', { timeout: patience }, async () => {
  const stack = await startStack('--tls');
  const browser = await startBrowser();
  try {
    assert.match(stack.url, /^https:/);
    const { page, context, elsewhere, errors } = await newPage(browser, stack);
    await signIn(page, stack);
    await settled(page);
    const cookies = await context.cookies();
    assert.deepEqual(cookies.map((c) => [c.name, c.secure, c.httpOnly, c.sameSite, c.path]), [['__Host-inkan', true, true, 'Strict', '/']]);
    await page.reload();
    await settled(page);
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.deepEqual([...elsewhere, ...errors], []);
  } finally {
    await browser.close();
    await stack.stop();
  }
});
