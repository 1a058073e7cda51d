#pragma once

// The three ways in which Iconik's API tells lists: by page number, behind an id, behind what a search was
// sorted by. No URL of an answer is followed.

#include <functional>
#include <stop_token>

#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"

namespace notify::iconik {

/// Gets each object of a list; what it fails with ends it.
using Visit = std::function<Result<void>(const boost::json::object&)>;

/// `per_page` of a listing: 1 … 1,000, jobs at most 100.
struct List {
    Request request;  ///< Without what pages it.
    int per_page = 200;
};

/// Collections' contents, segments, jobs, views: ?page=N, up to 10,000 pages. 404 behind the first page ends
/// it.
[[nodiscard]] Result<void> EachByPage(
    Client& client, const List& list, const Visit& visit, const std::stop_token& stop
);

/// Files, proxies, formats, file sets: ?last_id=ID. 404 is how Iconik says that there are none.
[[nodiscard]] Result<void> EachBehindId(
    Client& client, const List& list, const Visit& visit, const std::stop_token& stop
);

/// A search: `list.request.body` is its criteria with an order; search_after is taken of each page's last
/// object.
[[nodiscard]] Result<void> EachOfSearch(
    Client& client, const List& list, const Visit& visit, const std::stop_token& stop
);

}  // namespace notify::iconik
