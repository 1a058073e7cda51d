// /v1/appearances/what-if: what other thresholds would change.

#include "people/what_if.hpp"

#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/reach.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_what_if.hpp"
#include "people/matching.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

template <class T>
Word<kNameStateWords> Said(const T state) {
    return {std::string(ToString(static_cast<NameState>(state)))};
}

view::ShownChangeView Show(const ShownChange& change) {
    view::ShownChangeView shown{
        .item = change.item.Value(),
        .appearance = change.appearance.Value(),
        .tracks = {},
        .start_ms = change.start_ms,
        .end_ms = change.end_ms,
        .from = Said(change.from),
        .from_person = change.from_person.Value(),
        .from_name = change.from_name,
        .to = Said(change.to),
        .to_person = change.to_person.Value(),
        .to_name = change.to_name,
        .distance = change.distance
    };
    for (const auto& track : change.tracks) {
        shown.tracks.push_back(track.Value());
    }
    return shown;
}

view::WhatIfView Show(const WhatIfPage& page, const MatchLimits& limits) {
    view::WhatIfView shown{
        .confirmed = limits.confirmed,
        .proposed = limits.possible,
        .margin = limits.margin,
        .items = page.counts.items,
        .unreadable = page.counts.unreadable,
        .tracks = page.counts.tracks,
        .renamed = page.counts.renamed,
        .moved = {},
        .rows = {},
        .gallery_version = page.gallery_version,
        .next = page.next.Value()
    };
    for (std::size_t from = 0; from < page.counts.moved.size(); ++from) {
        for (std::size_t to = 0; to < page.counts.moved[from].size(); ++to) {
            shown.moved.push_back(
                {.from = Said(from), .to = Said(to), .tracks = page.counts.moved[from][to]}
            );
        }
    }
    for (const auto& change : page.changes) {
        shown.rows.push_back(Show(change));
    }
    return shown;
}

/// The number of a parameter, whose form the router checked; nothing when it was not given.
std::optional<double> NumberOf(const Request& request, std::string_view name) {
    const auto text = request.Query(name);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return text.empty() ? std::nullopt : std::optional(number);
}

class WhatIfRoutes {
public:
    explicit WhatIfRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Ask(const Request& request) const {
        const auto limits = LimitsWith(
            {.confirmed = NumberOf(request, "confirmed"),
             .proposed = NumberOf(request, "proposed"),
             .margin = NumberOf(request, "margin")}
        );
        const auto bucket = limits ? parts_.storage.Read([&](const Snapshot& snapshot) {
            return BucketAsked(snapshot, request);
        })
                                   : Unexpected(limits.error());
        const auto wanted = PageOf(request);
        const auto page = bucket ? AskWhatIf(
                                       parts_.storage,
                                       parts_.known_people,
                                       {.limits = *limits,
                                        .bucket = *bucket,
                                        .after = ItemId(wanted.after),
                                        .most_changes = static_cast<std::size_t>(wanted.limit)},
                                       request.stop
                                   )
                                 : Unexpected(bucket.error());
        return Answer(request, page, [&](const WhatIfPage& found) { return Show(found, *limits); });
    }

private:
    ApiParts parts_;
};

}  // namespace

void AddWhatIfRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<WhatIfRoutes>(parts);  // shared by the handlers below
    auto parameters = PageParameters("itm_[0-9A-Za-z]+");
    constexpr const char* kNumber = "[0-9]{1,3}(\\.[0-9]{1,9})?";
    parameters.push_back(
        {.name = "confirmed",
         .description = "A name is confirmed under this distance, 0 to 2; as it is when not given.",
         .pattern = kNumber}
    );
    parameters.push_back(
        {.name = "proposed", .description = "Up to this distance it is proposed.", .pattern = kNumber}
    );
    parameters.push_back(
        {.name = "margin", .description = "So much nearer than the next person.", .pattern = kNumber}
    );
    parameters.push_back({.name = "bucket", .description = "Id or name of a bucket."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/appearances/what-if",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "people",
         .summary = "What other thresholds would change",
         .description =
             "Names past items by today's thresholds and by those asked for, from stored embeddings: nothing "
             "is decoded and nothing written. A page is of the items after `after`, newest first, until "
             "`limit` changes were found or two seconds have passed; its counts are of those items, so add "
             "up those of all pages, and ask anew when gallery_version changes between them.",
         .query = parameters,
         .answer = &described::Schema<view::WhatIfView>,
         .handle = [routes](Request& r) { return routes->Ask(r); }}
    );
}

}  // namespace notify
