#include "queue/secret_expiry.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "domain/source.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

class SecretExpiryTest : public QueueTest {
protected:
    SecretExpiryTest() {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(
                {.id = source_,
                 .kind = "datacore",
                 .name = "swarm",
                 .config = "{}",
                 .created_at = clock_.Now()}
            );
        }));
    }

    void AddSecret(std::optional<std::chrono::milliseconds> lives) {
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.AddSecret(
                {.source_id = source_,
                 .access_key = {},
                 .sealed = "sealed",
                 .expires_at = lives ? std::optional(clock_.Now() + *lives) : std::nullopt,
                 .added_at = clock_.Now()}
            );
        }));
    }

    int Told() { return expiry_.RunOnce().value(); }

    std::vector<std::string> Data() {
        std::vector<std::string> data;
        const auto events = storage_->Read([&](const Snapshot& snapshot) {
            return snapshot.events.After(0, 100, source_.Value());
        });
        for (const auto& event : events.value()) {
            EXPECT_EQ(event.type, "source.credentials_expiring");
            data.push_back(event.data);
        }
        return data;
    }

    const SourceId source_{"src_swarm"};
    SecretExpiry expiry_{*storage_, clock_, [] {}};
};

TEST_F(SecretExpiryTest, TellsSevenDaysAndADayBeforeTheEndOnceEach) {
    AddSecret(days(8));
    const auto ends = ToRfc3339(clock_.Now() + days(8));
    EXPECT_EQ(Told(), 0);
    clock_.Advance(days(1));
    EXPECT_EQ(Told(), 1);
    EXPECT_EQ(Told(), 0);
    clock_.Advance(days(6));
    EXPECT_EQ(Told(), 1);
    clock_.Advance(days(2));
    EXPECT_EQ(Told(), 0);
    const auto data = Data();
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(
        data[0],
        R"({"source":"src_swarm","name":"swarm","kind":"datacore","expires_at":")" + ends +
            R"(","within":"7d"})"
    );
    EXPECT_NE(data[1].find(R"("within":"24h")"), std::string::npos);
}

TEST_F(SecretExpiryTest, OneThatEndsWithinADayIsToldOnceNotTwice) {
    AddSecret(1h);
    EXPECT_EQ(Told(), 1);
    EXPECT_EQ(Told(), 0);
}

TEST_F(SecretExpiryTest, NothingIsToldWhileAnotherSecretOfTheSourceLivesOn) {
    AddSecret(1h);
    AddSecret(days(30));
    EXPECT_EQ(Told(), 0);
    clock_.Advance(days(24));
    EXPECT_EQ(Told(), 1);
    AddSecret(std::nullopt);
    clock_.Advance(days(5) + 12h);
    EXPECT_EQ(Told(), 0);
}

TEST_F(SecretExpiryTest, ANewSecretIsWarnedOfAnew) {
    AddSecret(1h);
    EXPECT_EQ(Told(), 1);
    AddSecret(2h);
    EXPECT_EQ(Told(), 1);
}

TEST_F(SecretExpiryTest, WorksOnItsOwnThread) {
    AddSecret(1h);
    std::atomic<int> told = 0;
    SecretExpiry expiry(*storage_, clock_, [&] { ++told; });
    expiry.Start();
    expiry.Start();
    EXPECT_TRUE(Eventually([&] { return told == 1; }));
    expiry.Stop();
    expiry.Stop();
    EXPECT_EQ(Data().size(), 1U);
}

}  // namespace
}  // namespace notify::testing
