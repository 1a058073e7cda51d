#include "conformance/factory.hpp"

#include "servers/postgres.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/postgres_storage.hpp"
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

class PostgresFactory final : public StorageFactory {
public:
    [[nodiscard]] std::string Name() const override { return "Postgres"; }

    [[nodiscard]] Result<std::unique_ptr<Storage>> Open(
        const std::filesystem::path& folder, const SecretBox& box, const Clock& clock
    ) const override {
        const auto name = folder.filename().string();
        const PostgresNode node{
            .node = {.id = NodeId("nod_" + name), .name = name, .host = "localhost", .version = "test"},
            .follow = {}
        };
        return OpenPostgresStorage(PostgresOfTests().DatabaseOf(name), node, box, clock);
    }

    [[nodiscard]] Result<std::unique_ptr<Storage>> OpenNode(
        const std::filesystem::path& folder, const std::string& id, const SecretBox& box, const Clock& clock
    ) const override {
        const PostgresNode node{
            .node =
                {.id = NodeId(id),
                 .name = id,
                 .host = "localhost",
                 .version = "test",
                 .roles = Roles().With(Role::kWorker)},
            .follow = {}
        };
        return OpenPostgresStorage(PostgresOfTests().DatabaseOf(folder.filename()), node, box, clock);
    }

    void Remove(const std::filesystem::path& folder) const override {
        PostgresOfTests().Release(folder.filename().string());
    }
};

}  // namespace

std::vector<const StorageFactory*> DatabasesInFiles() {
    static const SqliteFactory kSqlite;
    return {&kSqlite};
}

std::vector<const StorageFactory*> DatabasesOfServers() {
    static const PostgresFactory kPostgres;
    return {&kPostgres};
}

std::vector<const StorageFactory*> Databases() {
    auto all = DatabasesInFiles();
    all.push_back(DatabasesOfServers().front());
    return all;
}

}  // namespace notify::testing
