#pragma once

// What a child gives as a checkpoint of a process, and what it takes over from one.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

/// The open part of a checkpoint. What it is of is a part of it: of anything else it is of no use.
struct SavedWork {
    std::string processor_version;
    std::string model_digest;
    std::uint64_t item_bytes = 0;
    std::string decode;    ///< LeavePoint::Save.
    std::string analyser;  ///< AnalyserState::open.

    /// True when both are of the same algorithm, models and size of the item.
    [[nodiscard]] bool IsOfTheSameAs(const SavedWork& other) const {
        return processor_version == other.processor_version && model_digest == other.model_digest &&
               item_bytes == other.item_bytes;
    }
};

[[nodiscard]] std::string ToBytes(const SavedWork& work);

/// kInvalidArgument for bytes that ToBytes cannot have given.
[[nodiscard]] Result<SavedWork> ReadSavedWork(std::string_view bytes);

/// Reads the pieces of these sizes that a descriptor holds one after the other.
[[nodiscard]] Result<std::vector<std::string>> ReadPieces(UniqueFd fd, std::span<const std::uint64_t> sizes);

}  // namespace notify
