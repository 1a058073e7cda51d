// As verify.py, with the package of npm.
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';

const require = createRequire(process.argv[2] + '/');
const {Webhook, WebhookVerificationError} = require('standardwebhooks');

for await (const line of createInterface({input: process.stdin})) {
  const {secret, headers, body} = JSON.parse(line);
  try {
    new Webhook(secret).verify(Buffer.from(body, 'base64'), headers);
    console.log('accepted');
  } catch (error) {
    if (!(error instanceof WebhookVerificationError) && !(error instanceof SyntaxError)) throw error;
    console.log('rejected');
  }
}
