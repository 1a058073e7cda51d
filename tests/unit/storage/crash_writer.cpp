// Adds sources from three threads until it is killed, and prints the name of each one after it was
// acknowledged. Usage: storage_crash_writer FOLDER
// With a second argument it stores that many bytes as one sealed artifact instead, and ends.

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "core/random.hpp"
#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "storage/artifact_store.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify {

namespace {

void WriteOne(Storage& storage, const std::string& id) {
    const auto done = storage.Write([&](Transaction& transaction) -> Result<void> {
        const Source source{
            .id = SourceId(id), .kind = "local", .name = id, .config = "{}", .created_at = {}
        };
        if (auto added = transaction.sources.Add(source); !added) {
            return added;
        }
        const Event event{.id = EventId("msg_" + id), .type = "test", .subject = id, .at = {}, .data = "{}"};
        return transaction.events.Append(event).map([](bool) {});
    });
    if (done) {
        const auto line = id + "\n";
        static_cast<void>(::write(STDOUT_FILENO, line.data(), line.size()));  // one line is written whole
    }
}

/// Comes back only when the database cannot be opened.
int WriteUntilKilled(const std::filesystem::path& folder) {
    const SystemClock clock;
    const auto box = SecretBox::Open(folder / "key");
    if (!box) {
        return 1;
    }
    const auto storage = OpenSqliteStorage(folder / "database", *box, clock);
    if (!storage) {
        return 2;
    }
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            while (true) {
                WriteOne(**storage, MakeId("src"));
            }
        });
    }
    threads.clear();
    return 0;
}

int StoreArtifact(const std::filesystem::path& folder, std::size_t size) {
    const SystemClock clock;
    const auto box = SecretBox::Open(folder / "key");
    const auto storage = box ? OpenSqliteStorage(folder / "database", *box, clock) : Unexpected(box.error());
    if (!storage) {
        return 2;
    }
    const ArtifactStore store(**storage, *box, folder / "artifacts");
    const auto prepared = store.Prepare({.name = "a", .media_type = "b", .sealed = true}, RandomBytes(size));
    return prepared ? 0 : 3;
}

}  // namespace

}  // namespace notify

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    return arguments.size() > 2 ? notify::StoreArtifact(arguments[1], std::stoul(arguments[2]))
                                : notify::WriteUntilKilled(arguments.at(1));
}
