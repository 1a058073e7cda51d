#include "storage/news_repository.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "conformance/fixture.hpp"
#include "core/ulid.hpp"
#include "domain/news.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class Inboxes : public Conformance {
protected:
    [[nodiscard]] InboxNews MakeNews(std::string address, NewsKind kind = NewsKind::kObject) const {
        return {
            .id = NewsId(MakeId("nws")),
            .source_id = SourceId("src_q"),
            .kind = kind,
            .address = std::move(address),
            .first_told_at = Now(),
            .due_at = Now()
        };
    }

    bool Tell(const InboxNews& news) {
        return Write([&](Transaction& transaction) { return transaction.news.Tell(news); });
    }

    std::vector<std::string> Due(int limit = 100, NewsKind kind = NewsKind::kObject) {
        std::vector<std::string> due;
        for (const auto& news :
             Read([&](const Snapshot& snapshot) { return snapshot.news.Due(kind, Now(), limit); })) {
            due.push_back(news.address);
        }
        return due;
    }

    bool End(const NewsId& id, std::int64_t told) {
        return Write([&](Transaction& transaction) { return transaction.news.End(id, told); });
    }

    InboxNews Get(const NewsId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.news.Get(id); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Inboxes, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Inboxes, KeepEverythingOfARow) {
    auto news = MakeNews(std::string("media\0\xff", 7), NewsKind::kAsset);
    news.system_domain_id = "d";
    EXPECT_TRUE(Tell(news));
    Reopen();
    const auto stored = Get(news.id);
    EXPECT_EQ(stored.source_id, news.source_id);
    EXPECT_EQ(stored.kind, NewsKind::kAsset);
    EXPECT_EQ(stored.address, news.address);
    EXPECT_EQ(stored.system_domain_id, "d");
    EXPECT_EQ(stored.told, 1);
    EXPECT_EQ(stored.first_told_at, Now());
    EXPECT_EQ(stored.due_at, Now());
    EXPECT_EQ(stored.tries, 0);
    EXPECT_EQ(stored.reason, "");
}

TEST_P(Inboxes, TakeTheSameNewsOnceAndCountHowOftenItWasTold) {
    const auto first = MakeNews("a");
    EXPECT_TRUE(Tell(first));
    auto again = MakeNews("a");
    again.system_domain_id = "newer";
    clock_.Advance(1s);
    EXPECT_FALSE(Tell(again));
    auto stored = Get(first.id);
    EXPECT_EQ(stored.told, 2);
    EXPECT_EQ(stored.system_domain_id, "newer");
    EXPECT_EQ(stored.due_at, first.due_at);
    EXPECT_TRUE(Tell(MakeNews("a", NewsKind::kRestoredObject))) << "another kind";
    auto elsewhere = MakeNews("a");
    elsewhere.source_id = SourceId();
    EXPECT_TRUE(Tell(elsewhere)) << "another source";
}

TEST_P(Inboxes, EndARowOnlyWhenItWasNotToldMeanwhile) {
    const auto news = MakeNews("a");
    Tell(news);
    Tell(MakeNews("a"));
    EXPECT_FALSE(End(news.id, 1));
    EXPECT_THAT(Due(), ElementsAre("a"));
    EXPECT_TRUE(End(news.id, 2));
    EXPECT_TRUE(Due().empty());
    EXPECT_FALSE(End(news.id, 2)) << "it is gone";
    EXPECT_TRUE(Tell(MakeNews("a"))) << "and new again";
}

TEST_P(Inboxes, GiveOfWhatIsDueOneKind) {
    Tell(MakeNews("a"));
    Tell(MakeNews("b", NewsKind::kChosenAsset));
    EXPECT_THAT(Due(), ElementsAre("a"));
    EXPECT_THAT(Due(100, NewsKind::kChosenAsset), ElementsAre("b"));
    EXPECT_TRUE(Due(100, NewsKind::kAssetMedia).empty());
}

TEST_P(Inboxes, GiveWhatIsDueTheLongestDueFirst) {
    const auto a = MakeNews("a");
    Tell(a);
    clock_.Advance(1s);
    Tell(MakeNews("b"));
    Write([&](Transaction& transaction) {
        return transaction.news.Delay(a.id, Now() + 1min, "unavailable", "it does not answer");
    });
    EXPECT_THAT(Due(), ElementsAre("b"));
    const auto delayed = Get(a.id);
    EXPECT_EQ(delayed.tries, 1);
    EXPECT_EQ(delayed.reason, "unavailable");
    EXPECT_EQ(delayed.sentence, "it does not answer");
    Tell(MakeNews("a"));
    EXPECT_THAT(Due(), ElementsAre("b")) << "telling it again does not hurry it";
    clock_.Advance(1min);
    EXPECT_THAT(Due(), ElementsAre("b", "a"));
    EXPECT_THAT(Due(1), ElementsAre("b"));
}

TEST_P(Inboxes, CountAndListWhatWaits) {
    const auto a = MakeNews("a");
    Tell(a);
    Tell(MakeNews("b"));
    Tell(MakeNews("c", NewsKind::kAsset));
    Write([&](Transaction& transaction) { return transaction.news.Delay(a.id, Now(), "r", "s"); });
    const auto counts = Read([](const Snapshot& snapshot) { return snapshot.news.Count(); });
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].kind, NewsKind::kAsset);
    EXPECT_EQ(counts[0].count, 1);
    EXPECT_EQ(counts[1].count, 2);
    EXPECT_EQ(counts[1].delayed, 1);
    const auto list = [&](std::string after) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.news.List({.after = after, .limit = 2});
        });
    };
    const auto first = list("");
    EXPECT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(list(first.next).rows.size(), 1U);
    EXPECT_EQ(list(first.next).next, "");
}

TEST_P(Inboxes, SayThatNewsIsMissing) {
    const auto missing =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.news.Get(NewsId("nws_none")); });
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    Write([&](Transaction& transaction) {
        return transaction.news.Delay(NewsId("nws_none"), Now(), "r", "s");
    });
}

}  // namespace

}  // namespace notify::testing
