#pragma once

// The bytes of one object, read by ranges: small pieces where its reader jumps about, and several large ones
// at once ahead of it where it reads on.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::objects {

/// Fills `into` with the bytes from `offset` of one version of an object; fails rather than mix two versions.
/// Thread-safe; ends soon after a stop is requested, with kStopped.
using ReadRange =
    std::function<Result<void>(std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stop)>;

/// Memory is at most `piece_bytes` · (`pieces_ahead` + 1): 36 MiB unless said otherwise.
struct ReadAhead {
    std::size_t piece_bytes = 4U << 20U;  ///< Of a request, at most.
    std::size_t pieces_ahead = 8;         ///< Fetched and not yet read.
    std::size_t at_once = 4;              ///< Requests under way; connections.
};

/// Reading on fetches ahead up to three times what was read so far, so a reader that jumps away wastes
/// little. Used by one thread; its own threads end with it.
class ObjectReader final : public ByteSource {
public:
    /// `size`: of the object, in bytes. A stop ends reads that wait, with kStopped.
    ObjectReader(ReadRange read, std::uint64_t size, std::stop_token stop, ReadAhead ahead = {});
    ~ObjectReader() override;
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;

    [[nodiscard]] std::uint64_t Size() const override { return size_; }

    /// Errors are those of ReadRange.
    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override;

    /// How many bytes were asked of the store, and how much memory its pieces took at most.
    [[nodiscard]] std::uint64_t FetchedBytes() const;
    [[nodiscard]] std::size_t PeakBytes() const;

private:
    struct Piece {
        enum class State : std::uint8_t { kWanted, kUnderWay, kThere, kFailed };

        std::uint64_t offset = 0;
        std::string bytes;  ///< Of its length from the start; filled when there.
        State state = State::kWanted;
        std::optional<Error> error;
        std::stop_source stop;
    };

    [[nodiscard]] Result<void> ReadDirectly(std::uint64_t offset, std::span<std::byte> into);
    [[nodiscard]] Result<std::size_t> ReadFromPieces(std::uint64_t offset, std::span<std::byte> into);
    void WantAhead(std::uint64_t read_until);
    void DropUntil(std::uint64_t offset);
    void DropAll();
    void Work(const std::stop_token& stop);
    void StartThreads();

    const ReadRange read_;
    const std::uint64_t size_;
    const ReadAhead ahead_;
    const std::stop_token stop_;

    // the reader's own
    std::uint64_t next_offset_ = 0;  ///< Where the last read ended.
    std::uint64_t run_begin_ = 0;    ///< Where it began to read on.
    std::uint64_t wanted_until_ = 0;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::shared_ptr<Piece>>
        pieces_;                  ///< In order, without gaps; shared with the thread fetching one.
    std::size_t held_bytes_ = 0;  ///< Of all pieces.
    std::size_t peak_bytes_ = 0;
    std::uint64_t fetched_bytes_ = 0;
    std::vector<std::jthread> threads_;
};

}  // namespace notify::objects
