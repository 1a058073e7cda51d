// Adds sources from three threads until it is killed, and prints the name of each one after it was
// acknowledged. Usage: storage_crash_writer FOLDER

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify {

namespace {

void WriteOne(Storage& storage, const std::string& id) {
    const auto done = storage.Write([&](Transaction& transaction) -> Result<void> {
        const Source source{
            .id = SourceId(id), .kind = "local", .name = id, .config = "{}", .created_at = {}
        };
        if (auto added = transaction.buckets.AddSource(source); !added) {
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

}  // namespace

}  // namespace notify

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    return notify::WriteUntilKilled(arguments.at(1));
}
