#include "storage/postgres/postgres_storage.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/node.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/faults.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/server.hpp"
#include "storage/postgres/session.hpp"
#include "storage/postgres/writer.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sql/sealed_with.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using postgres::Session;

constexpr std::int64_t kMostApartMs = 5000;
constexpr int kMostReaders = 8;  // connections are dear; a read lasts milliseconds

class Implementation final : public Storage {
public:
    Implementation(
        const PostgresServer& server, const PostgresNode& node, const SecretBox& box, const Clock& clock
    )
        : server_(server), box_(box), clock_(clock), writer_(server, node, closures_, box, clock) {}

    [[nodiscard]] bool IsSingleNode() const noexcept override { return false; }

    [[nodiscard]] bool IsGivenUp() const noexcept override { return writer_.IsGivenUp(); }

    void JoinAgain() override { writer_.JoinAgain(); }

    [[nodiscard]] bool KeepsArtifacts() const noexcept override { return true; }

    Result<void> CanWrite() const override { return writer_.CanWrite(); }

    Result<void> CheckIntegrity() override {
        return RunRead([](const Snapshot&) { return Result<void>{}; });
    }

    [[nodiscard]] std::uint64_t Commits() const noexcept override { return writer_.Commits(); }

    [[nodiscard]] std::uint64_t Closures() const noexcept override { return writer_.Closures(); }

private:
    Result<void> RunWrite(const WriteFunction& function) override { return writer_.Run(function); }

    Result<void> RunRead(const ReadFunction& function) override {
        if (auto may = closures_.MayBegin(); !may) {
            return may;
        }
        auto outcome = ReadOnce(function);
        // a connection that was idle may have been gone: again, on new ones
        for (int tries = 0; !outcome && postgres::MayGoWell(outcome.error()) && !cannot_connect_; ++tries) {
            if (tries >= (outcome.error().reason == postgres::kForgotten ? kMostReaders : 1)) {
                break;
            }
            outcome = ReadOnce(function);
        }
        return outcome;
    }

    Result<void> ReadOnce(const ReadFunction& function) {
        auto session = Take();
        if (!session) {
            GiveBack(nullptr);
            return Unexpected(session.error());
        }
        auto& connection = (*session)->GetConnection();
        auto outcome = (*session)->BeginRead();
        if (outcome) {
            outcome = closures_.Run([&] { return function((*session)->GetTables().AsSnapshot()); });
        }
        const bool is_well = connection.IsGood() && connection.Execute("COMMIT");
        GiveBack(is_well ? *std::move(session) : nullptr);
        return outcome;
    }

    /// Counts as taken, also when it could not be opened.
    Result<std::unique_ptr<Session>> Take() {
        {
            std::unique_lock lock(mutex_);
            free_.wait(lock, [this] { return taken_ < kMostReaders; });
            ++taken_;
            if (!idle_.empty()) {
                auto session = std::move(idle_.back());
                idle_.pop_back();
                if (session->GetConnection().IsGood()) {
                    return session;
                }
            }
        }
        // of a server that stands still each would wait some seconds for a connection, and all requests
        // behind them; the writer tries it all the time
        if (const auto can = writer_.CanWrite();
            cannot_connect_ && !can && can.error().reason == kDatabaseAway) {
            return Unexpected(can.error());
        }
        auto opened = Session::Open(server_, box_, clock_).map_error(postgres::AsAway);
        cannot_connect_ = !opened;
        return opened;
    }

    void GiveBack(std::unique_ptr<Session> session) {
        {
            const std::scoped_lock lock(mutex_);
            --taken_;
            if (session) {
                idle_.push_back(std::move(session));
                cannot_connect_ = false;  // its COMMIT was answered
            } else {
                idle_.clear();  // what one of them met the others will meet
            }
        }
        free_.notify_one();
    }

    const PostgresServer server_;
    const SecretBox& box_;
    const Clock& clock_;
    sql::OpenClosures closures_;
    postgres::Writer writer_;
    std::mutex mutex_;
    std::condition_variable free_;
    std::atomic<bool> cannot_connect_ = false;  ///< The last reader that had no connection got none.
    int taken_ = 0;
    std::vector<std::unique_ptr<Session>> idle_;
};

/// A difference is told: what is signed for stores carries this machine's time.
void CompareClocks(Timestamp there) {
    const auto ahead = ToMillis(SystemClock().Now()) - ToMillis(there);
    if (ahead > kMostApartMs || ahead < -kMostApartMs) {
        Log(LogLevel::kWarn,
            "this machine's clock differs from the database's: set it (NTP)",
            {{"ahead_ms", ahead}});
    }
}

}  // namespace

Result<std::unique_ptr<Storage>> OpenPostgresStorage(
    const PostgresServer& server, const PostgresNode& node, const SecretBox& box, const Clock& clock
) {
    auto session = Session::Open(server, box, clock);
    if (!session) {
        return Unexpected(session.error());
    }
    auto& connection = (*session)->GetConnection();
    connection.WaitForEver(true);
    auto migrated =
        sql::Migrate(connection, sql::PostgresMigrations(), postgres::kBeginMigration, clock.Now());
    connection.WaitForEver(false);
    if (!migrated) {
        return Unexpected(migrated.error());
    }
    const auto there = (*session)->ServerTime();
    if (!there) {
        return Unexpected(there.error());
    }
    CompareClocks(*there);
    if (node.follow) {
        node.follow(*there);
    }
    auto joining = node.node;
    joining.heard_at = *there;
    auto checked = (*session)->BeginWrite(joining.id).and_then([&](const postgres::Begun&) {
        return joining.roles == Roles() ? Result<void>{} : (*session)->GetTables().nodes.Join(joining);
    });
    checked = checked.and_then([&] { return sql::CheckKey(connection, box); });
    checked = checked.and_then([&] { return connection.Execute("COMMIT"); });
    if (!checked) {
        return Unexpected(checked.error());
    }
    return std::unique_ptr<Storage>(std::make_unique<Implementation>(server, node, box, clock));
}

}  // namespace notify
