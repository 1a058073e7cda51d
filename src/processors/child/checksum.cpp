#include "processors/child/checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "processors/processor.hpp"

namespace notify {

namespace {

class Checksum final : public WholeItem {
public:
    [[nodiscard]] Result<Output> Run(ByteSource& bytes, const RunContext& context) override {
        Sha256 hash;
        std::vector<std::byte> chunk(1U << 20U);
        std::uint64_t at = 0;
        while (at < bytes.Size()) {
            if (context.stop.stop_requested()) {
                return Fail(ErrorCode::kCancelled, "cancelled");
            }
            const auto got = bytes.ReadAt(at, chunk);
            if (!got) {
                return Unexpected(got.error());
            }
            if (*got == 0) {
                return Unexpected(
                    Error{
                        .code = ErrorCode::kConflict,
                        .stage = "read",
                        .message = "the item became shorter while it was read"
                    }
                );
            }
            hash.Add({reinterpret_cast<const char*>(chunk.data()), *got});
            at += *got;
            context.progress(static_cast<double>(at) / static_cast<double>(bytes.Size()));
        }
        return Output{
            .document =
                {{"schema", "checksum/1"},
                 {"sha256", hash.FinishHex()},
                 {"size_bytes", bytes.Size()},
                 {"media_type", context.media_type}},
            .artifacts = {},
        };
    }
};

}  // namespace

std::unique_ptr<WholeItem> MakeChecksum() {
    return std::make_unique<Checksum>();
}

}  // namespace notify
