#include "processors/child/saved_work.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/binary.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/file_byte_source.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::uint8_t kFormat = 1;

void Members(auto& archive, Either<SavedWork> auto& work) {
    archive(work.processor_version, work.model_digest, work.item_bytes, work.decode, work.analyser);
}

}  // namespace

std::string ToBytes(const SavedWork& work) {
    BinaryWriter writer;
    writer(kFormat);
    Members(writer, work);
    return writer.Take();
}

Result<SavedWork> ReadSavedWork(std::string_view bytes) {
    SavedWork work;
    std::uint8_t format = 0;
    BinaryReader reader(bytes);
    reader(format);
    Members(reader, work);
    return reader.IsWhole() && format == kFormat
               ? Result<SavedWork>(std::move(work))
               : Fail(ErrorCode::kInvalidArgument, "these bytes are no checkpoint");
}

Result<std::vector<std::string>> ReadPieces(UniqueFd fd, std::span<const std::uint64_t> sizes) {
    auto source = FileByteSource::Make(std::move(fd));
    if (!source) {
        return Unexpected(source.error());
    }
    std::vector<std::string> pieces;
    std::uint64_t offset = 0;
    for (const auto size : sizes) {
        auto& piece = pieces.emplace_back(size, '\0');
        const auto got = source->ReadAt(offset, std::as_writable_bytes(std::span(piece)));
        if (!got || *got != size) {
            return Fail(ErrorCode::kInvalidArgument, "a checkpoint is shorter than it was said to be");
        }
        offset += size;
    }
    return pieces;
}

}  // namespace notify
