#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/json.hpp"
#include "domain/event.hpp"
#include "storage/event_repository.hpp"

namespace notify {

namespace {

/// The member's text; "" when it has none.
std::string TextAt(const boost::json::value& value, std::string_view member) {
    const auto* const object = value.if_object();
    const auto* const text = object == nullptr ? nullptr : object->if_contains(member);
    return text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
}

/// That member of each object in a list.
std::vector<std::string> EachOf(
    const boost::json::value& data, std::string_view list, std::string_view member
) {
    std::vector<std::string> texts;
    const auto* const object = data.if_object();
    const auto* const rows = object == nullptr ? nullptr : object->if_contains(list);
    if (rows != nullptr && rows->is_array()) {
        for (const auto& row : rows->get_array()) {
            texts.push_back(TextAt(row, member));
        }
    }
    return texts;
}

bool Names(const std::vector<std::string>& wanted, const std::vector<std::string>& named) {
    return wanted.empty() || std::ranges::find_first_of(named, wanted) != named.end();
}

}  // namespace

EventFacts FactsOf(const Event& event) {
    const auto data = ParseJson(event.data).value_or(nullptr);
    EventFacts facts{
        .source = TextAt(data, "source"),
        .bucket = TextAt(data, "bucket"),
        .processors = EachOf(data, "processes", "processor"),
        .people = EachOf(data, "people", "person")
    };
    for (const auto& [member, list] :
         {std::pair("processor", &facts.processors), std::pair("person", &facts.people)}) {
        if (auto text = TextAt(data, member); !text.empty()) {
            list->push_back(std::move(text));
        }
    }
    return facts;
}

bool IsAbout(const EventFacts& facts, const EventOrigins& only) {
    return Names(only.sources, {facts.source}) && Names(only.buckets, {facts.bucket}) &&
           Names(only.processors, facts.processors) && Names(only.people, facts.people);
}

bool WantsType(const std::vector<std::string>& types, std::string_view type) {
    for (const std::string_view wanted : types) {
        const bool prefix = wanted.ends_with('*');
        if (prefix ? type.starts_with(wanted.substr(0, wanted.size() - 1)) : type == wanted) {
            return true;
        }
    }
    return types.empty();
}

}  // namespace notify
