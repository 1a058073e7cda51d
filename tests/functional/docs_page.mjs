// Uses /docs as a person does, in Chromium: docs_page.mjs URL KEY makes the rule that the page proposes, without and with the key,
// then searches for old names. Prints {"refused", "made", "found", "elsewhere"}: both answers, the paths that each search leaves, and
// what the page asked of other hosts.
import {createRequire} from 'node:module';

const require = createRequire(process.env.NOTIFY_DEPS + '/web/');
const {chromium} = require('playwright-core');
const [url, key] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
});
try {
  const page = await browser.newPage({viewport: {width: 1200, height: 900}});
  const elsewhere = [];
  page.on('request', request => { if (!request.url().startsWith(url) && !request.url().startsWith('data:')) elsewhere.push(request.url()); });
  await page.goto(url + '/docs');
  const operation = page.locator('.opblock-post').filter({has: page.locator('[data-path="/v1/rules"]')});
  await operation.locator('.opblock-summary').click();

  const attempt = async () => {
    const answered = page.waitForResponse(response => response.url() === url + '/v1/rules');
    await operation.locator('button.execute').click();
    await answered;
    const row = operation.locator('.live-responses-table tr.response');
    const status = Number((await row.locator('.response-col_status').first().innerText()).trim().split(/\s/)[0]);
    return {status, body: JSON.parse(await row.locator('.highlight-code code').first().innerText())};
  };
  const refused = await attempt();

  await page.locator('.auth-wrapper button.authorize').first().click();
  await page.locator('.dialog-ux input').fill(key);
  await page.locator('.dialog-ux button.authorize').click();
  await page.locator('.dialog-ux button.btn-done').click();
  await operation.locator('button.btn-clear').click();
  const made = await attempt();

  const found = {};
  for (const name of ['OMBucketItem', 'add_scheduler', 'nothing has this name']) {
    await page.locator('.operation-filter-input').fill(name);
    await page.waitForTimeout(1500);  // the page waits for the last key
    found[name] = await page.locator('.opblock-summary-path').evaluateAll(all => all.map(each => each.getAttribute('data-path')).filter(path => path.startsWith('/')));  // not the webhooks
  }
  console.log(JSON.stringify({refused, made, found, elsewhere}));
} finally {
  await browser.close();
}
