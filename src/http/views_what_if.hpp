#pragma once

// What the API shows of other thresholds.

#include <cstdint>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "people/what_if.hpp"

namespace notify::view {

struct MovedTracksView {
    Word<kNameStateWords> from;
    Word<kNameStateWords> to;
    std::int64_t tracks = 0;
};

BOOST_DESCRIBE_STRUCT(MovedTracksView, (), (from, to, tracks))

struct ShownChangeView {
    std::string item;
    std::string appearance;
    std::vector<std::string> tracks;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    Word<kNameStateWords> from;
    std::string from_person;
    std::string from_name;
    Word<kNameStateWords> to;
    std::string to_person;
    std::string to_name;
    double distance = 0;
};

BOOST_DESCRIBE_STRUCT(
    ShownChangeView,
    (),
    (item,
     appearance,
     tracks,
     start_ms,
     end_ms,
     from,
     from_person,
     from_name,
     to,
     to_person,
     to_name,
     distance)
)

struct WhatIfView {
    double confirmed = 0;
    double proposed = 0;
    double margin = 0;
    std::int64_t items = 0;
    std::int64_t unreadable = 0;
    std::int64_t tracks = 0;
    std::int64_t renamed = 0;
    std::vector<MovedTracksView> moved;
    std::vector<ShownChangeView> rows;
    std::int64_t gallery_version = 0;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(
    WhatIfView,
    (),
    (confirmed, proposed, margin, items, unreadable, tracks, renamed, moved, rows, gallery_version, next)
)

}  // namespace notify::view
