#include "sources/s3/listing.hpp"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/faults.hpp"
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

/// Keys are compared as bytes. Those at or before the position were told already.
Result<void> Listing::CheckOrder(ListPage& page) const {
    auto& objects = page.objects;
    const auto disorder =
        std::ranges::adjacent_find(objects, [](const auto& a, const auto& b) { return a.key >= b.key; });
    if (disorder != objects.end()) {
        return Unexpected(Fault(
            ErrorCode::kUnavailable,
            "unsorted",
            "the store lists keys out of order or twice, so some could be missed; ask its maker"
        ));
    }
    const auto told = std::ranges::upper_bound(objects, position_, {}, &ListedObject::key);
    objects.erase(objects.begin(), told);
    return {};
}

Result<std::optional<ListPage>> Listing::Next(const std::stop_token& stop) {
    while (!ended_) {
        auto page = Ask(stop);
        if (!page) {
            return Unexpected(page.error());
        }
        if (auto checked = CheckOrder(*page); !checked) {
            return Unexpected(checked.error());
        }
        const bool told_nothing = page->objects.empty();
        const bool repeated = !page->next_token.empty() && page->next_token == token_;
        if (page->truncated && told_nothing && (by_key_ || page->next_token.empty())) {
            return Unexpected(Fault(
                ErrorCode::kUnavailable,
                "stuck",
                "the store says that there are more keys, and repeats itself"
            ));
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
