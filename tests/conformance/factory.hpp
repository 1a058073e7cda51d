#pragma once

// The databases the suite runs on. A new one is one StorageFactory and one line in Databases().

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/storage.hpp"

namespace notify::testing {

class StorageFactory {
public:
    StorageFactory() = default;
    StorageFactory(const StorageFactory&) = delete;
    StorageFactory& operator=(const StorageFactory&) = delete;
    virtual ~StorageFactory() = default;

    [[nodiscard]] virtual std::string Name() const = 0;

    /// Opens the database that belongs to `folder`, made when missing: opening the same folder again after
    /// the storage was destroyed finds what was written.
    [[nodiscard]] virtual Result<std::unique_ptr<Storage>> Open(
        const std::filesystem::path& folder, const SecretBox& box, const Clock& clock
    ) const = 0;

    /// One more node that works on the database of `folder`, which is open; nothing where one has it alone.
    [[nodiscard]] virtual Result<std::unique_ptr<Storage>> OpenNode(
        const std::filesystem::path& /*folder*/,
        const std::string& /*id*/,
        const SecretBox& /*box*/,
        const Clock& /*clock*/
    ) const {
        return nullptr;
    }

    /// Takes away what is left of it outside of the folder. Called when its storage was destroyed.
    virtual void Remove(const std::filesystem::path& /*folder*/) const {}
};

[[nodiscard]] std::vector<const StorageFactory*> Databases();

/// Those that are files of DATA_DIR, beside which large artifacts are files too.
[[nodiscard]] std::vector<const StorageFactory*> DatabasesInFiles();

/// Those of a server, which keep artifacts of any size.
[[nodiscard]] std::vector<const StorageFactory*> DatabasesOfServers();

}  // namespace notify::testing
