#include "conformance/factory.hpp"

#include "storage/sqlite/sqlite_storage.hpp"

namespace notify::testing {

namespace {

class SqliteFactory final : public StorageFactory {
public:
    [[nodiscard]] std::string Name() const override { return "Sqlite"; }

    [[nodiscard]] Result<std::unique_ptr<Storage>> Open(
        const std::filesystem::path& folder, const SecretBox& box, const Clock& clock
    ) const override {
        return OpenSqliteStorage(folder / "database", box, clock);
    }
};

}  // namespace

std::vector<const StorageFactory*> Databases() {
    static const SqliteFactory kSqlite;
    return {&kSqlite};
}

}  // namespace notify::testing
