#pragma once

// Who was erased, in a file beside the database: a backup that is put back brings erased people with it, and
// this tells whom to erase again. Ids alone, no names.

#include <filesystem>
#include <vector>

#include "core/result.hpp"
#include "domain/erasure.hpp"

namespace notify {

inline constexpr const char* kErasureLogFile = "erasures.json";  ///< In DATA_DIR; in no backup.

/// Used by one thread at a time.
class ErasureLog final {
public:
    explicit ErasureLog(std::filesystem::path file) : file_(std::move(file)) {}

    /// Nothing when there is no file. kInvalidArgument for a file that is none of ours, with its path.
    [[nodiscard]] Result<std::vector<Erasure>> Read() const;

    /// Replaces what it holds. Durable; only the owner may read it.
    [[nodiscard]] Result<void> Write(const std::vector<Erasure>& erasures) const;

private:
    std::filesystem::path file_;
};

}  // namespace notify
