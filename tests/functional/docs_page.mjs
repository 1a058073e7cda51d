// Uses /docs as a person does, in Chromium: docs_page.mjs URL KEY RULE tries POST /v1/rules without and with the key.
// Prints {"refused", "made", "found", "elsewhere"}: both answers, the operations that a search for an old name leaves, and what the page
// asked of other hosts.
import {createRequire} from 'node:module';

const require = createRequire(process.env.NOTIFY_DEPS + '/web/');
const {chromium} = require('playwright-core');
const [url, key, rule] = process.argv.slice(2);

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
    await operation.locator('textarea.body-param__text').fill(rule);
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

  const text = await page.evaluate(async () => JSON.stringify(await (await fetch('/openapi.json')).json()));
  console.log(JSON.stringify({refused, made, found: ['OMBucketItem', 'add_scheduler'].filter(name => text.includes(name)), elsewhere}));
} finally {
  await browser.close();
}
