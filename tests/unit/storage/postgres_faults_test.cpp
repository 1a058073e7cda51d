#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/faults.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {
namespace {

constexpr std::string_view kFailed = "connection to server at \"db\" (10.0.0.1), port 5432 failed: ";

PostgresServer Named(const std::string& host, const std::string& user, const std::string& database) {
    return {
        .host = host,
        .port = {},
        .user = user,
        .password = "secret",
        .database = database,
        .tls_mode = {},
        .tls_root_cert = {}
    };
}

Error Fault(const PostgresServer& server, std::string_view said) {
    return ConnectFault(server, std::string(kFailed) + std::string(said));
}

TEST(PostgresFaults, AreNotReadFromTheNamesOfDatabasesUsersAndHosts) {
    const auto names = {"read-only", "starting up", "a \"certificate\" b", "hot standby", "shutting down"};
    for (const std::string name : names) {
        const auto unknown =
            Fault(Named("db", "media", name), "FATAL:  database \"" + name + "\" does not exist\n");
        EXPECT_EQ(unknown.code, ErrorCode::kNotFound) << unknown.message;
        const auto nobody =
            Fault(Named("db", name, "media"), "FATAL:  role \"" + name + "\" does not exist\n");
        EXPECT_EQ(nobody.code, ErrorCode::kUnauthenticated) << nobody.message;
    }
    const auto nowhere = Fault(
        Named("certificate.example", "media", "media"),
        "could not translate host name \"certificate.example\" to address: Name or service not known\n"
    );
    EXPECT_EQ(nowhere.code, ErrorCode::kUnavailable) << nowhere.message;
    const auto socket = ConnectFault(
        Named("/run/certificate", "media", "media"),
        "connection to server on socket \"/run/certificate/.s.PGSQL.5432\" failed: No such file or "
        "directory\n"
    );
    EXPECT_EQ(socket.code, ErrorCode::kUnavailable) << socket.message;
    EXPECT_EQ(
        socket.message,
        "PostgreSQL at /run/certificate:5432 does not answer: connection to server on socket "
        "\"/run/certificate/.s.PGSQL.5432\" failed: No such file or directory"
    );
}

TEST(PostgresFaults, AmongSeveralServersWithoutAPrimaryPass) {
    constexpr auto kStandby =
        "session is read-only\nconnection to server at \"b\" (10.0.0.2), port 5432 failed: "
        "Connection refused\n";
    const auto alone = Fault(Named("a", "media", "media"), kStandby);
    EXPECT_EQ(alone.code, ErrorCode::kForbidden);
    EXPECT_EQ(alone.reason, "");
    const auto listed = Fault(Named("a,b", "media", "media"), kStandby);
    EXPECT_EQ(listed.code, ErrorCode::kUnavailable);
    EXPECT_EQ(listed.reason, kDatabaseAway);
    EXPECT_EQ(listed.message, "PostgreSQL at a,b:5432: none of these servers that answers is the primary");
    const auto refused = Fault(
        Named("a,b", "media", "media"),
        "session is read-only\nFATAL:  password authentication failed for user \"media\"\n"
    );
    EXPECT_EQ(refused.code, ErrorCode::kUnauthenticated) << "it does not pass";
}

}  // namespace
}  // namespace notify::postgres
