#include "sources/iconik/places.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

Error NoPlaceFault(const Place& place) {
    return objects::LastingFault(
        ErrorCode::kUnavailable,
        objects::kNoBucket,
        fmt::format(
            "there is no {} {} in Iconik, or this application may not see it: check the id and its rights",
            place.kind == Place::Kind::kCollection ? "collection" : "saved search",
            place.id
        )
    );
}

Request CollectionRequest(const Place& place) {
    return {
        .path = fmt::format("assets/v1/collections/{}/", place.id),
        .what = fmt::format("collection {}", place.id)
    };
}

Request SavedSearchRequest(const Place& place) {
    return {
        .path = fmt::format("search/v1/search/saved/{}/", place.id),
        .query = "per_page=1",
        .what = fmt::format("saved search {}", place.id)
    };
}

/// How what a search finds is told.
enum class Order : std::uint8_t {
    kMade,       ///< As they were made: what is added while it is listed stands at its end…
    kMadeAndId,  ///< … and those of one moment by their ids, so that no page ends between two that are equal.
};

/// Of what was saved only what chooses objects counts, not how the browser shows them.
object SearchCriteria(const object& wanted, Order order) {
    constexpr std::array<std::string_view, 5> kChoosing{
        "query", "filter", "facets_filters", "search_fields", "metadata_view_id"
    };
    boost::json::array sort{object{{"name", "date_created"}, {"order", "asc"}}};
    if (order == Order::kMadeAndId) {
        sort.push_back(object{{"name", "id"}, {"order", "asc"}});
    }
    object criteria{{"doc_types", boost::json::array{"assets"}}, {"sort", std::move(sort)}};
    for (const auto name : kChoosing) {
        if (const auto* const given = wanted.if_contains(name); given != nullptr && !given->is_null()) {
            criteria[name] = *given;
        }
    }
    return criteria;
}

List SearchOf(const object& criteria, Order order) {
    return {
        .request = {
            .method = "POST",
            .path = "search/v1/search/",
            .body = SearchCriteria(criteria, order),
            .what = "the assets",
            .action = "search"
        }
    };
}

/// Iconik's documents do not say which members it sorts by: where the id is none of them, it is left out.
Result<void> EachFound(
    Client& client, const object& criteria, const Visit& visit, const std::stop_token& stop
) {
    bool any = false;
    const Visit noting = [&](const object& json) {
        any = true;
        return visit(json);
    };
    auto found = EachOfSearch(client, SearchOf(criteria, Order::kMadeAndId), noting, stop);
    const bool is_refused = !found && !any && found.error().code == ErrorCode::kInvalidArgument;
    return is_refused ? EachOfSearch(client, SearchOf(criteria, Order::kMade), visit, stop) : found;
}

object ChangedSince(Timestamp since) {
    const object range{{"min", ToRfc3339(since)}};
    const object term{{"name", "date_modified"}, {"range", range}};
    return {{"filter", object{{"operator", "AND"}, {"terms", boost::json::array{term}}}}};
}

/// What a saved search looks for.
Result<object> CriteriaOf(Client& client, const Place& place, const std::stop_token& stop) {
    const auto answer = client.Send(SavedSearchRequest(place), stop);
    if (!answer) {
        return Unexpected(answer.error().code == ErrorCode::kNotFound ? NoPlaceFault(place) : answer.error());
    }
    const auto* const json = answer->if_object();
    const auto* const saved = json != nullptr ? json->if_contains("search_criteria_document") : nullptr;
    const auto* const of = saved != nullptr ? saved->if_object() : nullptr;
    const auto* const criteria = of != nullptr ? of->if_contains("criteria") : nullptr;
    return criteria != nullptr && criteria->is_object()
               ? Result<object>(criteria->get_object())
               : Unexpected(
                     objects::Fault(
                         ErrorCode::kUnavailable,
                         objects::kWrongAnswer,
                         fmt::format("Iconik does not say what saved search {} looks for", place.id)
                     )
                 );
}

}  // namespace

Result<void> EachAssetIn(
    Client& client,
    const Place& place,
    std::optional<Timestamp> changed_since,
    const Visit& visit,
    const std::stop_token& stop
) {
    if (place.kind == Place::Kind::kCollection) {
        auto request = CollectionRequest(place);
        request.path += "contents/";
        request.query = "object_types=assets";
        request.action = "list";
        return EachByPage(client, {.request = std::move(request)}, visit, stop)
            .map_error([&](const Error& error) {
                return error.code == ErrorCode::kNotFound ? NoPlaceFault(place) : error;
            });
    }
    if (place.kind == Place::Kind::kSearch) {
        const auto criteria = CriteriaOf(client, place, stop);
        return criteria ? EachFound(client, *criteria, visit, stop) : Unexpected(criteria.error());
    }
    const auto criteria = changed_since ? ChangedSince(*changed_since) : object();
    return EachFound(client, criteria, visit, stop);
}

Result<void> CheckPlace(Client& client, const Place& place, const std::stop_token& stop) {
    if (place.kind == Place::Kind::kSearch) {
        return CriteriaOf(client, place, stop).map([](const object&) {});
    }
    if (place.kind == Place::Kind::kAssets) {
        auto search = SearchOf({}, Order::kMade).request;
        search.query = "per_page=1&save_search_history=false";
        return client.Send(search, stop).map([](const boost::json::value&) {});
    }
    const auto answer = client.Send(CollectionRequest(place), stop);
    const bool missing = answer ? answer->is_object() && TextIn(answer->get_object(), "status") == "DELETED"
                                : answer.error().code == ErrorCode::kNotFound;
    if (missing) {
        return Unexpected(NoPlaceFault(place));
    }
    return answer ? Result<void>() : Unexpected(answer.error());
}

}  // namespace notify::iconik
