#include "queue/item_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/file_byte_source.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kChunk = 1U << 20U;
constexpr int kTries = 3;
constexpr auto kProgressInterval = std::chrono::seconds(1);

Result<UniqueFd> Duplicate(const UniqueFd& fd) {
    UniqueFd second(fd.IsOpen() ? ::fcntl(fd.Get(), F_DUPFD_CLOEXEC, 0) : -1);
    return second.IsOpen() || !fd.IsOpen() ? Result<UniqueFd>(std::move(second))
                                           : Unexpected(SystemError(errno, "open the file a second time"));
}

}  // namespace

Result<void> ReadInOrder(
    ByteSource& bytes,
    std::uint64_t from,
    const Reading& reading,
    const std::function<Result<void>(std::string_view)>& take
) {
    std::vector<std::byte> chunk(kChunk);
    auto told = steady_clock::now();
    const auto size = static_cast<double>(std::max<std::uint64_t>(bytes.Size(), 1));
    for (auto at = from;;) {
        if (auto go = reading.may_go_on(); !go) {
            return Unexpected(go.error());
        }
        const auto got = bytes.ReadAt(at, chunk);
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got == 0) {
            return {};
        }
        if (auto taken = take({reinterpret_cast<const char*>(chunk.data()), *got}); !taken) {
            return taken;
        }
        at += *got;
        if (const auto now = steady_clock::now(); reading.progress && now - told >= kProgressInterval) {
            told = now;
            reading.progress(std::min(static_cast<double>(at) / size, 1.0));
        }
    }
}

ItemBytes::ItemBytes(const OpenedItem& opened)
    : descriptor_(Duplicate(opened.descriptor)), state_(opened.state) {}

Result<std::string> ItemBytes::Digest(const Reading& reading) {
    if (!descriptor_) {
        return Unexpected(descriptor_.error());
    }
    for (int tries = 0; tries < kTries; ++tries) {
        const auto touched = WasTouched();
        if (!touched) {
            return Unexpected(touched.error());
        }
        if (*touched) {
            digest_.clear();
        }
        if (!digest_.empty()) {
            return digest_;
        }
        auto digest = ReadAll(reading);
        if (!digest) {
            return digest;
        }
        digest_ = std::move(*digest);
    }
    return Fail(ErrorCode::kUnavailable, "the file was changed again and again while it was being read");
}

/// True when the file is not as it was when this was asked last. Its version is the same: a new name, new
/// permissions, or bytes whose times were put back.
Result<bool> ItemBytes::WasTouched() {
    if (!state_) {
        return false;
    }
    const auto now = StateOf(*descriptor_);
    if (!now) {
        return Unexpected(now.error());
    }
    if (now->size_bytes != state_->size_bytes || now->modified_ns != state_->modified_ns) {
        return Fail(ErrorCode::kConflict, "the file was changed while it was being read");
    }
    const bool touched = *now != *state_;
    state_ = *now;
    return touched;
}

Result<std::string> ItemBytes::ReadAll(const Reading& reading) const {
    auto file =
        Duplicate(*descriptor_).and_then([](UniqueFd fd) { return FileByteSource::Make(std::move(fd)); });
    if (!file) {
        return Unexpected(file.error());
    }
    Sha256 hash;
    return ReadInOrder(
               *file, 0, reading, [&](std::string_view piece) -> Result<void> {
                   hash.Add(piece);
                   return {};
               }
    ).map([&] { return hash.FinishHex(); });
}

}  // namespace notify
