#include "sources/s3/listing.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/objects/key_order.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

Listing::Listing(Client& client, std::string bucket, std::string prefix, std::string start_after)
    : client_(client),
      bucket_(std::move(bucket)),
      prefix_(std::move(prefix)),
      position_(std::move(start_after)) {}

Result<ListPage> Listing::Ask(const std::stop_token& stop) {
    ListRequest request{.prefix = prefix_, .start_after = position_, .token = by_key_ ? "" : token_};
    auto page = client_.List(bucket_, request, stop);
    if (!page && page.error().code == ErrorCode::kInvalidArgument && !request.token.empty()) {
        request.token.clear();  // tokens grow old; keys do not
        page = client_.List(bucket_, request, stop);
    }
    return page;
}

Result<std::optional<ListPage>> Listing::Next(const std::stop_token& stop) {
    while (!ended_) {
        auto page = Ask(stop);
        if (!page) {
            return Unexpected(page.error());
        }
        if (auto checked = objects::KeepBehind(page->objects, position_); !checked) {
            return Unexpected(checked.error());
        }
        const bool told_nothing = page->objects.empty();
        const bool repeated = !page->next_token.empty() && page->next_token == token_;
        if (page->truncated && told_nothing && (by_key_ || page->next_token.empty())) {
            return Unexpected(objects::StuckFault());
        }
        by_key_ = by_key_ || repeated || (page->truncated && told_nothing);
        token_ = page->next_token;
        ended_ = !page->truncated;
        if (!told_nothing) {
            position_ = page->objects.back().key;
            return std::optional(std::move(*page));
        }
    }
    return std::optional<ListPage>();
}

}  // namespace notify::s3
