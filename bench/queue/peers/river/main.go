// River: river DATABASE-URL JOBS. A hundred workers; its figure ends when the last job was worked, before its completer has written all.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

type noop struct {
	N int `json:"n"`
}

func (noop) Kind() string { return "noop" }

type worker struct {
	river.WorkerDefaults[noop]
	done *atomic.Int64
}

func (w *worker) Work(context.Context, *river.Job[noop]) error {
	w.done.Add(1)
	return nil
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	jobs := must(strconv.Atoi(os.Args[2]))
	pool := must(pgxpool.New(ctx, os.Args[1]+"?pool_max_conns=20"))
	driver := riverpgxv5.New(pool)
	migrator := must(rivermigrate.New(driver, nil))
	must(migrator.Migrate(ctx, rivermigrate.DirectionUp, nil))

	var done atomic.Int64
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{done: &done})
	client := must(river.NewClient(driver, &river.Config{
		Logger:            slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 100}},
		Workers:           workers,
		FetchCooldown:     time.Millisecond,
		FetchPollInterval: 20 * time.Millisecond,
	}))

	since := time.Now()
	for left := jobs; left > 0; left -= 1000 {
		batch := make([]river.InsertManyParams, min(left, 1000))
		for i := range batch {
			batch[i] = river.InsertManyParams{Args: noop{i}}
		}
		must(client.InsertMany(ctx, batch))
	}
	enqueue := float64(jobs) / time.Since(since).Seconds()

	since = time.Now()
	if err := client.Start(ctx); err != nil {
		panic(err)
	}
	for done.Load() < int64(jobs) {
		time.Sleep(5 * time.Millisecond)
	}
	worked := float64(jobs) / time.Since(since).Seconds()
	if err := client.Stop(ctx); err != nil {
		panic(err)
	}
	var completed int
	if err := pool.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(&completed); err != nil {
		panic(err)
	}
	figures := map[string]any{"done": completed, "enqueue_per_s": enqueue, "jobs_per_s": worked}
	if err := json.NewEncoder(os.Stdout).Encode(figures); err != nil {
		panic(err)
	}
}
