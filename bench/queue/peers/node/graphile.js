// graphile-worker in its batched mode: graphile.js DATABASE-URL JOBS. It deletes what is done and keeps nothing of it.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';

const [url, jobs] = [process.argv[2], Number(process.argv[3])];
const seconds = (since) => (Date.now() - since) / 1000;
const logger = new Logger(() => () => {});

const utils = await makeWorkerUtils({ connectionString: url, logger, maxPoolSize: 10 });
await utils.migrate();
let since = Date.now();
for (let left = jobs; left > 0; left -= 1000) {
  await utils.addJobs(Array.from({ length: Math.min(1000, left) }, (_, i) => ({ identifier: 'noop', payload: { i } })));
}
const enqueue = jobs / seconds(since);
await utils.release();

let done = 0;
const preset = {
  worker: {
    connectionString: url, concurrentJobs: 24, maxPoolSize: 25, pollInterval: 50,
    localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0,
  },
};
since = Date.now();
const runner = await run({ preset, logger, noHandleSignals: true, taskList: { noop: async () => { done += 1; } } });
while (done < jobs) {
  await new Promise((resolve) => { setTimeout(resolve, 5); });
}
console.log(JSON.stringify({ done, enqueue_per_s: enqueue, jobs_per_s: done / seconds(since) }));
await runner.stop();
process.exit(0);
