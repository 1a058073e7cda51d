#include "processors/protocol/line_buffer.hpp"

#include <optional>
#include <string_view>

namespace notify {

void LineBuffer::Append(std::string_view bytes) {
    if (begin_ > 0) {
        bytes_.erase(0, begin_);
        searched_ -= begin_;
        begin_ = 0;
    }
    bytes_.append(bytes);
}

std::optional<std::string> LineBuffer::Next() {
    if (overflowed_) {
        return {};
    }
    const auto end = bytes_.find('\n', searched_);
    searched_ = end == std::string::npos ? bytes_.size() : end + 1;
    const auto length = (end == std::string::npos ? bytes_.size() : end) - begin_;
    if (length > limit_) {
        overflowed_ = true;
        return {};
    }
    if (end == std::string::npos) {
        return {};
    }
    auto line = bytes_.substr(begin_, length);
    begin_ = end + 1;
    return line;
}

}  // namespace notify
