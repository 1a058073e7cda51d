#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "servers/postgres.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/server.hpp"
#include "storage/sql/connection.hpp"

namespace notify::postgres {
namespace {

using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

class PostgresConnection : public ::testing::Test {
protected:
    ~PostgresConnection() override { testing::PostgresOfTests().Release("connection"); }

    const PostgresServer server_ = testing::PostgresOfTests().DatabaseOf("connection");
    const std::unique_ptr<Connection> connection_ = Connection::Open(server_).value();
};

TEST_F(PostgresConnection, CarriesMoreThanASocketTakesAtOnce) {
    const std::string sent(std::size_t{48} << 20U, 'x');
    const auto back =
        connection_->Select("SELECT ?1", [](sql::Row& row) { return row.Bytes(); }, sql::Blob{sent});
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(back->at(0) == sent);
}

TEST_F(PostgresConnection, WaitsForWhatIsSlowWhileTheServerAnswersOthers) {
    const auto slept = connection_->Ask("SELECT 'slept' FROM pg_sleep(7)");
    ASSERT_TRUE(slept) << slept.error().message;
    EXPECT_EQ(*slept, "slept");
}

TEST_F(PostgresConnection, IsOfNoMoreUseOnceItStoodStillForItsPatience) {
    const auto process = connection_->Process();
    ASSERT_EQ(::kill(process, SIGSTOP), 0);
    const auto begun = Steady::now();
    const auto said = connection_->Ask("SELECT 1", seconds(5));
    const auto took = Steady::now() - begun;
    ::kill(process, SIGCONT);
    ASSERT_FALSE(said);
    EXPECT_EQ(said.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(said.error().reason, kDatabaseAway);
    EXPECT_EQ(
        said.error().message,
        "database: cannot run a statement: PostgreSQL, or what is between, stands still; nothing came for 5 s"
    );
    EXPECT_FALSE(connection_->IsGood());
    EXPECT_GE(took, seconds(5));
    EXPECT_LT(took, seconds(15));
    EXPECT_EQ(connection_->Execute("SELECT 1").error().reason, kDatabaseAway);
}

TEST_F(PostgresConnection, IsWaitedForWhateverItDoesWhenThatWasAskedFor) {
    connection_->WaitForEver(true);
    EXPECT_EQ(connection_->Ask("SELECT 'slept' FROM pg_sleep(6)", seconds(5)).value(), "slept");
}

}  // namespace
}  // namespace notify::postgres
