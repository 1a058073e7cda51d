// The way to PostgreSQL is cut after each number of bytes, and falls silent: what was written is there once.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "core/log.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "faults/given.hpp"
#include "servers/cutting_proxy.hpp"
#include "servers/postgres.hpp"
#include "storage/event_repository.hpp"
#include "storage/postgres/hints.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/postgres_storage.hpp"
#include "storage/postgres/server.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

namespace {

constexpr std::size_t kAnswer = 24;  // to a COMMIT, in bytes: each of them is looked at

class Cuts : public Conformance {
protected:
    Cuts() {
        SetLogLevel(LogLevel::kOff);  // of each cut it is told
        server_ = PostgresOfTests().DatabaseOf(folder_.filename());
        proxy_ = std::make_unique<CuttingProxy>(server_.port);
        server_.port = proxy_->Port();
        server_.tls_mode = "disable";
        cut_ = OpenPostgresStorage(server_, {.node = ANode(), .follow = {}}, *box_, clock_).value();
    }

    ~Cuts() override {
        cut_.reset();
        SetLogLevel(LogLevel::kInfo);
    }

    /// One of those that share the database: what a command writes is not looked up.
    static Node ANode() {
        Node node;
        node.id = NodeId("nod_1");
        node.name = "cut";
        node.host = "here";
        node.version = "0";
        node.roles = Roles::Parse("worker").value();
        return node;
    }

    /// Bytes that come back for one sign of life of a node that has nothing to write.
    std::size_t BytesOfABeat() {
        const auto at_rest = [this] {
            auto passed = proxy_->Passed(Way::kToClient);
            while (true) {
                std::this_thread::sleep_for(std::chrono::milliseconds(300));
                const auto now = proxy_->Passed(Way::kToClient);
                if (std::exchange(passed, now) == now) {
                    return now;
                }
            }
        };
        const auto before = at_rest();
        while (proxy_->Passed(Way::kToClient) == before) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return at_rest() - before;
    }

    struct Written {
        int runs = 0;            ///< Of the closure.
        bool cut_later = false;  ///< The way was whole when it began to run last.
    };

    /// Writes one row that would be another one if it were written again.
    Written WriteOnce(const std::string& subject) {
        const auto written = WriteThrough(*cut_, subject);
        EXPECT_EQ(RowsOf(subject), 1U) << subject;
        return written;
    }

    Written WriteThrough(Storage& storage, const std::string& subject) {
        Written written;
        const auto done = storage.Write([&](Transaction& transaction) {
            ++written.runs;
            written.cut_later = proxy_->WillCut();
            return transaction.events
                .Append(
                    {.id = EventId(MakeId("msg")),
                     .type = "test",
                     .subject = subject,
                     .at = Now(),
                     .data = "{}"}
                )
                .map([](bool) {});
        });
        EXPECT_TRUE(done) << subject << (done ? "" : done.error().message);
        return written;
    }

    std::size_t RowsOf(const std::string& subject) {
        return Read([&](const Snapshot& snapshot) { return snapshot.events.After(0, 10, subject); }).size();
    }

    PostgresServer server_;  ///< Through the proxy.
    std::unique_ptr<CuttingProxy> proxy_;
    std::unique_ptr<Storage> cut_;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Cuts, ::testing::ValuesIn(DatabasesOfServers()), DatabaseName);

TEST_P(Cuts, AfterAnyByteOfATransactionMakeNothingHappenTwiceOrNever) {
    const std::array ways{Way::kToServer, Way::kToClient};
    int again = 0;
    int committed = 0;
    for (const auto way : ways) {
        while (proxy_->WillCut()) {
            WriteOnce(MakeId("rest"));
        }
        WriteOnce(fmt::format("warm {}", static_cast<int>(way)));
        const auto before = proxy_->Passed(way);
        WriteOnce(fmt::format("measure {}", static_cast<int>(way)));
        const auto bytes = proxy_->Passed(way) - before;
        const auto step = std::max<std::size_t>(1, bytes / Given("NOTIFY_FAULTS_CUTS", 25));
        const auto answer = bytes - kAnswer;
        for (std::size_t k = 0; k < bytes; k = k < answer ? std::min(k + step, answer) : k + 1) {
            proxy_->CutAfter(way, k);
            const auto written = WriteOnce(fmt::format("{} {}", static_cast<int>(way), k));
            again += written.runs > 1 ? 1 : 0;
            committed += written.runs == 1 && written.cut_later && !proxy_->WillCut() ? 1 : 0;
        }
        std::cout << bytes << " bytes, cut after each " << step << "\n";
    }
    std::cout << again << " were run again, " << committed << " had been committed without an answer\n";
    EXPECT_GT(again, 0);
    EXPECT_GT(committed, 5);
}

/// What is lost of a sign of life says nothing of what is written next.
TEST_P(Cuts, OfASignOfLifeAreNotTakenForTheNextWrite) {
    WriteOnce("warm");
    const auto bytes = BytesOfABeat();
    ASSERT_GT(bytes, kAnswer);
    const auto step = Given("NOTIFY_FAULTS_ALL", 0) == 0 ? std::size_t{6} : std::size_t{1};
    for (auto k = bytes - kAnswer; k < bytes; k += step) {
        proxy_->CutAfter(Way::kToClient, k);
        while (proxy_->WillCut()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        EXPECT_EQ(WriteOnce(fmt::format("after a beat {}", k)).runs, 1);
    }
}

/// Where the answer to a COMMIT is lost it does not look whether that was done: it does it again.
class LooksNothingUp final : public WrappedStorage {
public:
    LooksNothingUp(Storage& inner, const CuttingProxy& proxy) : WrappedStorage(inner), proxy_(proxy) {}

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        int runs = 0;
        bool cut_later = false;
        auto done = inner_.Write([&](Transaction& transaction) {
            ++runs;
            cut_later = proxy_.WillCut();
            return function(transaction);
        });
        const bool answer_was_lost = done && runs == 1 && cut_later && !proxy_.WillCut();
        return answer_was_lost ? inner_.Write(function) : done;
    }

    const CuttingProxy& proxy_;
};

TEST_P(Cuts, ThatLoseTheAnswerToACommitShowWhoDoesNotLookItUp) {
    LooksNothingUp mutant(*cut_, *proxy_);
    WriteOnce("warm");
    const auto before = proxy_->Passed(Way::kToClient);
    WriteOnce("measure");
    const auto bytes = proxy_->Passed(Way::kToClient) - before;
    std::size_t twice = 0;
    for (std::size_t left = 1; twice == 0 && left <= kAnswer; ++left) {
        const auto subject = fmt::format("{} left", left);
        proxy_->CutAfter(Way::kToClient, bytes - left);
        WriteThrough(mutant, subject);
        twice += RowsOf(subject) == 2 ? 1U : 0U;
        std::cout << fmt::format("with {} bytes of the answer left {} rows\n", left, RowsOf(subject));
    }
    EXPECT_EQ(twice, 1U);
}

/// Seconds within which a silent way is noticed: by time-outs, whatever else the machine does.
constexpr double kNoticed = 15;

TEST_P(Cuts, OfWhichNobodyTellsAreNoticed) {
    WriteOnce("warm");
    proxy_->FallSilent();
    const auto begin = std::chrono::steady_clock::now();
    WriteOnce("silent");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << fmt::format("noticed, and written on a new connection, after {:.1f} s\n", took.count());
    EXPECT_LE(took.count(), kNoticed);
}

/// How many connections of this machine lead to that port, as far as its end here knows.
int Established(const std::string& port) {
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);  // the heads of its columns
    int count = 0;
    while (std::getline(table, line)) {
        std::istringstream columns(line);
        std::string number;
        std::string from;
        std::string to;
        std::string state;
        columns >> number >> from >> to >> state;
        count += state == "01" && to.ends_with(fmt::format(":{:04X}", std::stoi(port))) ? 1 : 0;
    }
    return count;
}

/// Half open: nothing comes, and nobody has anything to send.
TEST_P(Cuts, AreNoticedByWhoOnlyListens) {
    auto server = PostgresOfTests().DatabaseOf(folder_.filename());
    CuttingProxy its_own(server.port);
    server.port = its_own.Port();
    server.tls_mode = "disable";
    std::atomic<int> told = 0;
    const WorkHints hints(server, [&] { ++told; });
    const auto wait_until = [&](const auto& is_so) {
        while (!is_so()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    };
    wait_until([&] { return told == 1; });  // it listens
    ASSERT_EQ(Established(its_own.Port()), 1);
    its_own.FallSilent();
    const auto begin = std::chrono::steady_clock::now();
    const auto since = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    wait_until([&] { return Established(its_own.Port()) == 0 || since() > 2 * kNoticed; });
    const double noticed = since();
    EXPECT_LE(noticed, kNoticed);
    wait_until([&] { return told == 2; });  // again, on another connection
    std::cout << fmt::format(
        "noticed after {:.1f} s, and listened to again after {:.1f} s\n", noticed, since()
    );
    WorkHints other(PostgresOfTests().DatabaseOf(folder_.filename()), [] {});
    while (told < 3) {
        other.Send();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

}  // namespace

}  // namespace notify::testing
