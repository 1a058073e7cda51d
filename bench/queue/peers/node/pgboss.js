// pg-boss: pgboss.js DATABASE-URL JOBS. Batches of 500 on two connections: its work() polls no faster than every 0.5 s.
import { PgBoss } from 'pg-boss';

const [url, jobs] = [process.argv[2], Number(process.argv[3])];
const seconds = (since) => (Date.now() - since) / 1000;

const boss = new PgBoss({ connectionString: url, max: 20 });
boss.on('error', console.error);
await boss.start();
await boss.createQueue('noop');

let since = Date.now();
for (let left = jobs; left > 0; left -= 1000) {
  await boss.insert('noop', Array.from({ length: Math.min(1000, left) }, (_, i) => ({ data: { i } })));
}
const enqueue = jobs / seconds(since);

let done = 0;
since = Date.now();
await Promise.all([1, 2].map(async () => {
  for (let batch; (batch = await boss.fetch('noop', { batchSize: 500 }))?.length;) {
    await boss.complete('noop', batch.map((job) => job.id));
    done += batch.length;
  }
}));
console.log(JSON.stringify({ done, enqueue_per_s: enqueue, jobs_per_s: done / seconds(since) }));
await boss.stop({ graceful: false });
process.exit(0);
