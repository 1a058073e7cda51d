#pragma once

// Puts the parts of a child's blobs together, with bounds on all of them.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "processors/host/host.hpp"
#include "processors/protocol/frames.hpp"

namespace notify {

inline constexpr std::uint64_t kMaxBlobBytesHeld = 512ULL << 20U;

/// What a process gave: its document and the rest.
struct CollectedBlobs {
    std::string document;
    std::vector<JobArtifact> artifacts;
};

/// Every error is kInvalidArgument: the child broke the protocol. Not thread-safe.
class BlobCollector final {
public:
    /// `processes`: those that may send blobs.
    explicit BlobCollector(std::set<std::string, std::less<>> processes) : open_(std::move(processes)) {}

    /// A frame of kind kBlob or kBlobEnd with its payload. Blobs come one after the other, their parts in
    /// order.
    [[nodiscard]] Result<void> Take(const ChildFrame& frame, std::string_view payload);

    /// Hands out what the process sent and closes it; `names` must be exactly its blobs, one of them
    /// `document`, which must be a JSON object.
    [[nodiscard]] Result<CollectedBlobs> Collect(
        std::string_view process, const std::vector<std::string>& names
    );

    /// Hands out one blob that the process sent, and goes on.
    [[nodiscard]] Result<std::string> TakeOne(std::string_view process, std::string_view name);

    /// Forgets what the process sent and closes it.
    void Drop(std::string_view process);

private:
    [[nodiscard]] Result<void> AddPart(const ChildFrame& frame, std::string_view payload);
    [[nodiscard]] Result<void> EndBlob(const ChildFrame& frame, std::string_view description);

    std::set<std::string, std::less<>> open_;
    std::map<std::string, std::vector<JobArtifact>, std::less<>> finished_;
    std::uint64_t held_bytes_ = 0;
    std::uint32_t current_id_ = 0;
    bool has_current_ = false;
    std::string current_;
};

}  // namespace notify
