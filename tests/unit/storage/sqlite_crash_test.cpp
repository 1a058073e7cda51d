// kill -9 while it writes: what was acknowledged is there, and nothing is there by halves.

#include <algorithm>
#include <csignal>
#include <iterator>
#include <set>
#include <string>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/fixture.hpp"
#include "core/file.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify::testing {

namespace {

/// Starts the writer, kills it after `lines` acknowledgements, and returns all that it gave.
std::set<std::string> RunAndKill(const std::filesystem::path& folder, int lines) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, writing.Get(), STDOUT_FILENO);
    std::string program = NOTIFY_CRASH_WRITER;
    std::string argument = folder.native();
    char* arguments[] = {program.data(), argument.data(), nullptr};
    pid_t child = -1;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    writing.Reset();
    std::string text;
    bool killed = false;
    char chunk[4096];
    while (true) {
        const auto got = ::read(reading.Get(), chunk, sizeof(chunk));
        if (got <= 0) {
            break;
        }
        text.append(chunk, static_cast<std::size_t>(got));
        if (!killed && std::ranges::count(text, '\n') >= lines) {
            ::kill(child, SIGKILL);
            killed = true;
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(killed && WIFSIGNALED(status)) << "it ended by itself";
    std::set<std::string> acknowledged;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
        acknowledged.insert(text.substr(at, end - at));
    }
    return acknowledged;
}

class SqliteAfterACrash : public Conformance {};

INSTANTIATE_TEST_SUITE_P(
    EachDatabase, SqliteAfterACrash, ::testing::ValuesIn(DatabasesInFiles()), DatabaseName
);

TEST_P(SqliteAfterACrash, HasAllThatWasAcknowledged) {
    storage_.reset();
    std::set<std::string> acknowledged;
    for (int round = 0; round < 20; ++round) {
        acknowledged.merge(RunAndKill(folder_, 1 + (round * 7) % 40));
        const auto storage = OpenSqliteStorage(folder_ / "database", *box_, clock_);
        ASSERT_TRUE(storage) << storage.error().message;
        EXPECT_TRUE((*storage)->CheckIntegrity());
        std::set<std::string> sources;
        std::set<std::string> told;
        const auto read = (*storage)->Read([&](const Snapshot& snapshot) -> Result<void> {
            const auto all = snapshot.sources.List().value();
            const auto events = snapshot.events.After(0, 1'000'000, {}).value();
            std::ranges::transform(all, std::inserter(sources, sources.end()), &Source::name);
            std::ranges::transform(events, std::inserter(told, told.end()), &Event::subject);
            return {};
        });
        ASSERT_TRUE(read);
        EXPECT_TRUE(std::ranges::includes(sources, acknowledged)) << "round " << round;
        EXPECT_TRUE(sources == told) << "a source and its event come together";
    }
    EXPECT_GT(acknowledged.size(), 100U);
}

}  // namespace

}  // namespace notify::testing
