#include "queue/webhook_watch.hpp"

#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "domain/event.hpp"
#include "domain/source.hpp"
#include "sources/setup.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class WebhookWatchTest : public QueueTest {
protected:
    WebhookWatchTest() {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(
                {.id = source_, .kind = "iconik", .name = "news", .config = "{}", .created_at = clock_.Now()}
            );
        }));
    }

    void Becomes(const std::string& status, const std::string& since = {}) {
        answer_ = std::vector<StoreWebhook>{
            {.id = "hook",
             .name = "ours",
             .status = status,
             .since = since,
             .sentence = status == "enabled" ? "" : "see to it"}
        };
    }

    int Told(WebhookWatch& watch) {
        const auto told = watch.RunOnce({});
        EXPECT_TRUE(told.has_value());
        return told.value_or(-1);
    }

    WebhookWatch Watch() {
        return {
            *storage_,
            clock_,
            [this](const Source& source, const std::stop_token&) {
                return source.kind == "iconik" ? answer_ : Result<std::vector<StoreWebhook>>();
            },
            [] {}
        };
    }

    std::vector<Event> Events() {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 100, source_.Value()); })
            .value();
    }

    const SourceId source_{"src_iconik"};
    Result<std::vector<StoreWebhook>> answer_;
};

TEST_F(WebhookWatchTest, TellsOnceOfEachChangeForTheWorse) {
    auto watch = Watch();
    Becomes("enabled");
    EXPECT_EQ(Told(watch), 0);
    Becomes("failing");
    EXPECT_EQ(Told(watch), 1);
    EXPECT_EQ(Told(watch), 0);
    Becomes("gone");
    EXPECT_EQ(Told(watch), 1);
    const auto events = Events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].type, "source.webhook_failing");
    EXPECT_EQ(
        events[0].data,
        R"({"source":"src_iconik","name":"news","kind":"iconik","webhook":"hook","status":"failing","sentence":"see to it"})"
    );
}

TEST_F(WebhookWatchTest, ARecoveryEndsItAndTheNextFailureIsToldAgain) {
    auto watch = Watch();
    Becomes("failing");
    EXPECT_EQ(Told(watch), 1);
    Becomes("enabled");
    EXPECT_EQ(Told(watch), 0);
    EXPECT_EQ(watch.States().at(0).webhooks.at(0).status, "enabled");
    Becomes("failing");
    EXPECT_EQ(Told(watch), 1);
}

TEST_F(WebhookWatchTest, ARestartTellsNothingAgainThatFailsSinceTheSameMoment) {
    Becomes("failing", "2026-01-31T12:00:00");
    auto first = Watch();
    EXPECT_EQ(Told(first), 1);
    auto second = Watch();
    EXPECT_EQ(Told(second), 0);
    EXPECT_EQ(second.States().at(0).webhooks.at(0).status, "failing") << "it is shown all the same";
}

TEST_F(WebhookWatchTest, WhatCannotBeReadIsSaidAndWhatWasReadIsKept) {
    auto watch = Watch();
    Becomes("failing");
    EXPECT_EQ(Told(watch), 1);
    answer_ = Fail(ErrorCode::kUnavailable, "no answer");
    EXPECT_EQ(Told(watch), 0);
    const auto state = watch.States().at(0);
    EXPECT_EQ(state.sentence, "no answer");
    EXPECT_EQ(state.webhooks.at(0).status, "failing");
    Becomes("failing");
    EXPECT_EQ(Told(watch), 0) << "it never recovered";
}

TEST_F(WebhookWatchTest, ASourceWithoutWebhooksIsNotShown) {
    answer_ = std::vector<StoreWebhook>();
    auto watch = Watch();
    EXPECT_EQ(Told(watch), 0);
    EXPECT_TRUE(watch.States().empty());
}

TEST_F(WebhookWatchTest, LooksWhenItStartsAndEndsWhenItIsStopped) {
    auto watch = Watch();
    Becomes("failing");
    watch.Start();
    EXPECT_TRUE(Eventually([&] { return !watch.States().empty(); }));
    watch.Stop();
    EXPECT_EQ(Events().size(), 1U);
}

}  // namespace
}  // namespace notify::testing
