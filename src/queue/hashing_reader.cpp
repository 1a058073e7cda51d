#include "queue/hashing_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/result.hpp"
#include "queue/item_bytes.hpp"

namespace notify {

Result<std::size_t> HashingReader::ReadAt(std::uint64_t offset, std::span<std::byte> into) {
    auto got = bytes_->ReadAt(offset, into);
    if (got && offset <= hashed_ && offset + *got > hashed_) {
        const auto fresh = into.first(*got).subspan(hashed_ - offset);
        hash_.Add({reinterpret_cast<const char*>(fresh.data()), fresh.size()});
        hashed_ += fresh.size();
    }
    return got;
}

Result<std::string> HashingReader::Finish(const Reading& reading) {
    const auto read = ReadInOrder(*bytes_, hashed_, reading, [this](std::string_view piece) -> Result<void> {
        hash_.Add(piece);
        hashed_ += piece.size();
        return {};
    });
    if (!read) {
        return Unexpected(read.error());
    }
    return hashed_ == Size()
               ? Result<std::string>(hash_.FinishHex())
               : Fail(ErrorCode::kUnavailable, "the store sent fewer bytes than the object has");
}

}  // namespace notify
