#pragma once

// What the API shows of events. A described struct, from which JSON and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "domain/event.hpp"
#include "http/described.hpp"

namespace notify::view {

struct EventView {
    std::int64_t sequence = 0;
    std::string id;
    std::string type;
    std::string subject;
    std::string at;
    boost::json::value data;
};

BOOST_DESCRIBE_STRUCT(EventView, (), (sequence, id, type, subject, at, data))

[[nodiscard]] inline EventView Show(const Event& event) {
    return {
        .sequence = event.sequence,
        .id = event.id.Value(),
        .type = event.type,
        .subject = event.subject,
        .at = ToRfc3339(event.at),
        .data = ParseJson(event.data).value_or(nullptr)
    };
}

struct EventGap {
    std::int64_t after = 0;
    std::int64_t until = 0;
};

BOOST_DESCRIBE_STRUCT(EventGap, (), (after, until))

struct EventList {
    std::vector<EventView> rows;
    std::string next;
    std::optional<EventGap> gap;
};

BOOST_DESCRIBE_STRUCT(EventList, (), (rows, next, gap))

}  // namespace notify::view
