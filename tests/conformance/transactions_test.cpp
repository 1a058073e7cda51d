// What a transaction and a snapshot promise.

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "conformance/fixture.hpp"
#include "storage/source_repository.hpp"

namespace notify::testing {

namespace {

class Transactions : public Conformance {
protected:
    std::size_t CountSources() {
        return Read([](const Snapshot& snapshot) { return snapshot.sources.List(); }).size();
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Transactions, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Transactions, HappenAllOrNotAtAll) {
    const auto refused = Refused([&](Transaction& transaction) -> Result<void> {
        if (auto added = transaction.sources.Add(MakeSource("a")); !added) {
            return added;
        }
        return Fail(ErrorCode::kForbidden, "changed my mind");
    });
    EXPECT_EQ(refused, ErrorCode::kForbidden);
    EXPECT_EQ(CountSources(), 0U);
}

TEST_P(Transactions, ReadTheirOwnWrites) {
    const auto source = MakeSource("a");
    const auto seen = Write([&](Transaction& transaction) -> Result<std::string> {
        if (auto added = transaction.sources.Add(source); !added) {
            return Unexpected(added.error());
        }
        return transaction.View().sources.Get(source.id).map([](const Source& found) { return found.name; });
    });
    EXPECT_EQ(seen, "a");
}

TEST_P(Transactions, ReturnWhatTheClosureReturns) {
    EXPECT_EQ(Write([](Transaction&) -> Result<int> { return 42; }), 42);
    EXPECT_EQ(Read([](const Snapshot&) -> Result<int> { return 43; }), 43);
}

TEST_P(Transactions, AreThereAfterARestart) {
    AddSource("kept");
    Reopen();
    EXPECT_EQ(CountSources(), 1U);
}

TEST_P(Transactions, FailOneByOneAmongManyAtTheSameTime) {
    constexpr int kThreads = 24;
    std::latch start(kThreads);
    std::vector<std::future<bool>> done;
    for (int i = 0; i < kThreads; ++i) {
        done.push_back(std::async(std::launch::async, [&, i] {
            const auto source = MakeSource("source " + std::to_string(i));
            start.arrive_and_wait();
            const auto outcome = storage_->Write([&](Transaction& transaction) -> Result<void> {
                if (auto added = transaction.sources.Add(source); !added) {
                    return added;
                }
                return i % 3 == 0 ? Fail(ErrorCode::kConflict, "every third fails") : Result<void>{};
            });
            return outcome.has_value();
        }));
    }
    int succeeded = 0;
    for (auto& one : done) {
        succeeded += one.get() ? 1 : 0;
    }
    EXPECT_EQ(succeeded, 16);
    const auto sources = Read([](const Snapshot& snapshot) { return snapshot.sources.List(); });
    EXPECT_EQ(sources.size(), 16U);
    for (const auto& source : sources) {
        EXPECT_NE(std::stoi(source.name.substr(7)) % 3, 0) << source.name;
    }
}

TEST_P(Transactions, GiveASnapshotOfOneMoment) {
    AddSource("before");
    const auto counts = Read([&](const Snapshot& snapshot) -> Result<std::pair<std::size_t, std::size_t>> {
        const auto first = snapshot.sources.List();
        std::thread([&] { AddSource("meanwhile"); }).join();
        const auto second = snapshot.sources.List();
        return std::pair(first.value().size(), second.value().size());
    });
    EXPECT_EQ(counts, std::pair(std::size_t{1}, std::size_t{1}));
    EXPECT_EQ(CountSources(), 2U);
}

TEST_P(Transactions, AreRefusedInsideATransaction) {
    auto inner = std::optional<ErrorCode>();
    auto inner_read = std::optional<ErrorCode>();
    Write([&](Transaction&) -> Result<int> {
        inner = Refused([](Transaction&) -> Result<void> { return {}; });
        const auto read = storage_->Read([](const Snapshot&) -> Result<void> { return {}; });
        inner_read = read ? std::nullopt : std::optional(read.error().code);
        return 0;
    });
    EXPECT_EQ(inner, ErrorCode::kInternal);
    EXPECT_EQ(inner_read, ErrorCode::kInternal);
}

TEST_P(Transactions, AreRefusedInsideASnapshot) {
    const auto inner = Read([&](const Snapshot&) -> Result<std::optional<ErrorCode>> {
        return Refused([](Transaction&) -> Result<void> { return {}; });
    });
    EXPECT_EQ(inner, ErrorCode::kInternal);
    AddSource("and the writer lives");
}

TEST_P(Transactions, TurnAnExceptionIntoAnErrorAndRollBack) {
    const auto thrown = Refused([&](Transaction& transaction) -> Result<void> {
        static_cast<void>(transaction.sources.Add(MakeSource("a")));
        throw std::runtime_error("out of luck");
    });
    EXPECT_EQ(thrown, ErrorCode::kInternal);
    EXPECT_EQ(CountSources(), 0U);
}

TEST_P(Transactions, GoOnAfterAStatementWasRefused) {
    AddSource("taken");
    Write([&](Transaction& transaction) -> Result<void> {
        EXPECT_FALSE(transaction.sources.Add(MakeSource("taken")));
        return transaction.sources.Add(MakeSource("free"));
    });
    EXPECT_EQ(CountSources(), 2U);
}

TEST_P(Transactions, AreRefusedWithAnotherKeyThanTheDatabaseWasMadeWith) {
    const auto first = box_->KeyId();
    storage_.reset();
    box_ = SecretBox::Open(folder_ / "another key").value();
    const auto refused = GetParam()->Open(folder_, *box_, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().message.find(first), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find(box_->KeyId()), std::string::npos) << refused.error().message;
    box_ = SecretBox::Open(folder_ / "key").value();
    EXPECT_TRUE(GetParam()->Open(folder_, *box_, clock_));
}

}  // namespace

}  // namespace notify::testing
