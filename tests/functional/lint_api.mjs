// Lints an OpenAPI document with Redocly's recommended rules: lint_api.mjs FILE prints the problems as JSON.
import {createRequire} from 'node:module';

const require = createRequire(process.env.NOTIFY_DEPS + '/web/');
const {lint, loadConfig} = require('@redocly/openapi-core');

const config = await loadConfig({customExtends: ['recommended']});
const problems = await lint({ref: process.argv[2], config});
console.log(JSON.stringify(problems.map(({ruleId, severity, message, location}) => ({ruleId, severity, message, at: location[0]?.pointer}))));
