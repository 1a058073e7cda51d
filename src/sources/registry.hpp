#pragma once

// The explicit list of store kinds.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/source.hpp"

namespace notify {

/// What sources need from the configuration.
struct SourceSettings {
    std::filesystem::path data_dir;  ///< A bucket inside it is refused.
};

class SourceRegistry final {
public:
    /// The clock outlives the registry.
    SourceRegistry(const SourceSettings& settings, const Clock& clock);
    ~SourceRegistry();
    SourceRegistry(const SourceRegistry&) = delete;
    SourceRegistry& operator=(const SourceRegistry&) = delete;

    /// kInvalidArgument names the kinds there are, and says of one that is to come that it is not read yet.
    [[nodiscard]] Result<SourceConnection*> Find(std::string_view kind) const;

    [[nodiscard]] std::vector<std::string> Kinds() const;

private:
    struct Entry {
        std::string kind;
        std::unique_ptr<SourceConnection> connection;
    };

    std::vector<Entry> entries_;
};

}  // namespace notify
