#include "sources/datacore/native_listing.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/datacore/native_page.hpp"
#include "sources/objects/key_order.hpp"

namespace notify::datacore {

NativeListing::NativeListing(
    NativeClient& client, std::string bucket, std::string prefix, std::string start_after, int page_size
)
    : client_(client),
      bucket_(std::move(bucket)),
      prefix_(std::move(prefix)),
      page_size_(page_size),
      position_(std::move(start_after)) {}

Result<std::optional<std::vector<ListedObject>>> NativeListing::Next(const std::stop_token& stop) {
    while (!ended_) {
        auto page = client_.List(bucket_, {.prefix = prefix_, .marker = position_, .size = page_size_}, stop);
        if (!page) {
            return Unexpected(page.error());
        }
        // a store whose marker is part of its page ends with the marker alone
        const bool at_end = page->empty() || (page->size() == 1 && page->front().key == position_);
        if (auto checked = objects::KeepBehind(*page, position_); !checked) {
            return Unexpected(checked.error());
        }
        if (page->empty() && !at_end) {
            return Unexpected(objects::StuckFault());
        }
        ended_ = page->empty();
        if (ended_) {
            break;
        }
        position_ = page->back().key;
        std::erase_if(*page, [&](const ListedObject& object) { return !object.key.starts_with(prefix_); });
        if (!page->empty()) {
            return std::optional(*std::move(page));
        }
    }
    return std::optional<std::vector<ListedObject>>();
}

}  // namespace notify::datacore
