#include "storage/sql/lists.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base64.hpp"
#include "core/json.hpp"
#include "domain/event.hpp"

namespace notify::sql {

std::string ListToText(const std::vector<std::string>& list) {
    boost::json::array array;
    for (const auto& text : list) {
        array.emplace_back(text);
    }
    return ToJsonText(array);
}

std::vector<std::string> ListFromText(std::string_view text) {
    std::vector<std::string> list;
    const auto value = ParseJson(text);
    if (value && value->is_array()) {
        for (const auto& entry : value->get_array()) {
            if (entry.is_string()) {
                list.emplace_back(entry.get_string());
            }
        }
    }
    return list;
}

std::string BytesListToText(const std::vector<std::string>& list) {
    std::vector<std::string> texts;
    texts.reserve(list.size());
    for (const auto& bytes : list) {
        texts.push_back(ToBase64(bytes));
    }
    return ListToText(texts);
}

std::vector<std::string> BytesListFromText(std::string_view text) {
    std::vector<std::string> list;
    for (const auto& encoded : ListFromText(text)) {
        if (auto bytes = FromBase64(encoded)) {
            list.push_back(std::move(*bytes));
        }
    }
    return list;
}

std::string OriginsToText(const EventOrigins& origins) {
    return ListToText(
        {ListToText(origins.sources),
         ListToText(origins.buckets),
         ListToText(origins.processors),
         ListToText(origins.people)}
    );
}

EventOrigins OriginsFromText(std::string_view text) {
    auto lists = ListFromText(text);
    lists.resize(4);
    return {
        .sources = ListFromText(lists[0]),
        .buckets = ListFromText(lists[1]),
        .processors = ListFromText(lists[2]),
        .people = ListFromText(lists[3])
    };
}

}  // namespace notify::sql
