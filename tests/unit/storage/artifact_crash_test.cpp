// A process that is killed while it stores a large sealed artifact leaves nothing that stays.

#include <csignal>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>

#include "conformance/fixture.hpp"
#include "core/file.hpp"
#include "core/random.hpp"
#include "storage/artifact_store.hpp"

namespace notify::testing {

namespace {

class ArtifactAfterACrash : public Conformance {
protected:
    /// Has another process store an artifact and kill itself at `step`.
    void KillWriterAt(const std::string& step) {
        std::string program = NOTIFY_CRASH_WRITER;
        std::string folder = folder_.native();
        std::string size = std::to_string(ArtifactStore::kMaxRowBytes + 1);
        std::string wish = "NOTIFICATIONS_FAILPOINT=" + step;
        std::vector<char*> arguments{program.data(), folder.data(), size.data(), nullptr};
        std::vector<char*> environment{wish.data(), nullptr};
        pid_t child = -1;
        ASSERT_EQ(
            ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environment.data()), 0
        );
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
    }

    [[nodiscard]] std::vector<std::filesystem::path> Files() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "artifacts")) {
            if (entry.is_regular_file()) {
                files.push_back(entry.path());
            }
        }
        return files;
    }
};

INSTANTIATE_TEST_SUITE_P(
    EachDatabase, ArtifactAfterACrash, ::testing::ValuesIn(DatabasesInFiles()), DatabaseName
);

#ifdef NOTIFY_FAILPOINTS

TEST_P(ArtifactAfterACrash, LeavesNoTemporaryFileBehindTheNextStart) {
    storage_.reset();
    KillWriterAt("file_written");
    ASSERT_EQ(Files().size(), 1U);
    EXPECT_TRUE(Files()[0].native().ends_with(".tmp"));
    EXPECT_EQ(RemoveTemporaryFiles(folder_), 1);
    EXPECT_TRUE(Files().empty());
}

TEST_P(ArtifactAfterACrash, LeavesAWholeFileThatIsCollectedWhenItIsOld) {
    storage_.reset();
    KillWriterAt("artifact_stored");
    storage_ = GetParam()->Open(folder_, *box_, clock_).value();
    EXPECT_EQ(RemoveTemporaryFiles(folder_), 0);
    ArtifactStore store(*storage_, *box_, folder_ / "artifacts");
    EXPECT_EQ(store.CollectOrphans().value(), 0) << "its commit may be on the way";
    ASSERT_EQ(Files().size(), 1U);
    std::filesystem::last_write_time(
        Files()[0], std::filesystem::file_time_type::clock::now() - std::chrono::hours(2)
    );
    EXPECT_EQ(store.CollectOrphans().value(), 1);
}

#endif

}  // namespace

}  // namespace notify::testing
