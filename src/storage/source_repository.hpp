#pragma once

// Sources: configured connections to stores, and their sealed credentials.

#include <cstdint>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"

namespace notify {

/// How many credentials of one source live beside each other.
inline constexpr int kMostLiveSecrets = 2;

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class SourceRepository {
public:
    SourceRepository() = default;
    SourceRepository(const SourceRepository&) = delete;
    SourceRepository& operator=(const SourceRepository&) = delete;
    virtual ~SourceRepository() = default;

    /// kConflict when the name is taken.
    virtual Result<void> Add(const Source& source) = 0;

    /// Replaces name and configuration. kNotFound, kConflict.
    virtual Result<void> Update(const Source& source) = 0;

    /// Removes a source without buckets, its secrets and its rules. kNotFound; with buckets kConflict.
    virtual Result<void> Remove(const SourceId& id) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<Source> Get(const SourceId& id) const = 0;

    /// All, by name.
    [[nodiscard]] virtual Result<std::vector<Source>> List() const = 0;

    /// Adds a secret, whose number it returns; of those before it only the newest stays.
    virtual Result<std::int64_t> AddSecret(const SourceSecret& secret) = 0;

    /// Those of a source, the newest first.
    [[nodiscard]] virtual Result<std::vector<SourceSecret>> Secrets(const SourceId& id) const = 0;

    /// kNotFound when the source has none of that number.
    virtual Result<void> RemoveSecret(const SourceId& id, std::int64_t number) = 0;
};

}  // namespace notify
