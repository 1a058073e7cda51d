#include "sources/iconik/paging.hpp"

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

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/iconik/ids.hpp"

namespace notify::iconik {

namespace {

constexpr int kMostPages = 10'000;  // of a listing by page, as Iconik's documents say

struct Page {
    boost::json::array objects;
    bool has_next = false;
    std::int64_t pages = 0;
};

Request WithQuery(Request request, std::string_view query) {
    request.query += request.query.empty() ? "" : "&";
    request.query += query;
    return request;
}

Result<Page> ReadPage(Client& client, const Request& request, const std::stop_token& stop) {
    auto answer = client.Send(request, stop);
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto* const json = answer->if_object();
    auto* const objects = json != nullptr ? json->if_contains("objects") : nullptr;
    if (objects == nullptr || !objects->is_array()) {
        const Asked asked{.host = client.Host(), .what = request.what, .action = request.action};
        return Unexpected(NoAnswerFault(asked, "its list has no objects"));
    }
    const auto* const pages = json->if_contains("pages");
    return Page{
        .objects = std::move(objects->get_array()),
        .has_next = !TextIn(*json, "next_url").empty(),
        .pages = pages != nullptr && pages->is_int64() ? pages->get_int64() : 0
    };
}

Unexpected TooManyPages(const Client& client, const List& list) {
    const Asked asked{.host = client.Host(), .what = list.request.what, .action = list.request.action};
    return Unexpected(NoAnswerFault(asked, "its list has no end"));
}

Result<void> VisitAll(const Page& page, const Visit& visit) {
    for (const auto& one : page.objects) {
        if (!one.is_object()) {
            continue;
        }
        if (auto visited = visit(one.get_object()); !visited) {
            return visited;
        }
    }
    return {};
}

/// A member of a page's last object.
std::optional<boost::json::value> LastIn(const Page& page, std::string_view name) {
    const auto* const last = page.objects.empty() ? nullptr : page.objects.back().if_object();
    const auto* const found = last != nullptr ? last->if_contains(name) : nullptr;
    return found != nullptr ? std::optional(*found) : std::nullopt;
}

bool IsEmptyList(const Error& error) {
    return error.code == ErrorCode::kNotFound;
}

}  // namespace

Result<void> EachByPage(Client& client, const List& list, const Visit& visit, const std::stop_token& stop) {
    for (int number = 1; number <= kMostPages; ++number) {
        const auto query = fmt::format("page={}&per_page={}", number, list.per_page);
        const auto page = ReadPage(client, WithQuery(list.request, query), stop);
        if (!page) {
            return number > 1 && IsEmptyList(page.error()) ? Result<void>() : Unexpected(page.error());
        }
        if (auto visited = VisitAll(*page, visit); !visited) {
            return visited;
        }
        if (page->objects.empty() || (!page->has_next && number >= page->pages)) {
            return {};
        }
    }
    return {};
}

Result<void> EachBehindId(Client& client, const List& list, const Visit& visit, const std::stop_token& stop) {
    std::string last;
    for (int pages = 0; pages < kMostPages; ++pages) {
        const auto query = last.empty() ? fmt::format("per_page={}", list.per_page)
                                        : fmt::format("per_page={}&last_id={}", list.per_page, last);
        const auto page = ReadPage(client, WithQuery(list.request, query), stop);
        if (!page) {
            return IsEmptyList(page.error()) ? Result<void>() : Unexpected(page.error());
        }
        if (auto visited = VisitAll(*page, visit); !visited) {
            return visited;
        }
        const auto id = LastIn(*page, "id");
        const auto next = id && id->is_string() ? std::string(id->get_string()) : std::string();
        if (!page->has_next || !IsId(next) || next == last) {
            return {};
        }
        last = next;
    }
    return TooManyPages(client, list);
}

Result<void> EachOfSearch(Client& client, const List& list, const Visit& visit, const std::stop_token& stop) {
    auto request =
        WithQuery(list.request, fmt::format("per_page={}&save_search_history=false", list.per_page));
    request.method = "POST";
    boost::json::value last;
    for (int pages = 0; pages < kMostPages; ++pages) {
        const auto page = ReadPage(client, request, stop);
        if (!page) {
            return Unexpected(page.error());
        }
        if (auto visited = VisitAll(*page, visit); !visited) {
            return visited;
        }
        const auto sort = LastIn(*page, "_sort");
        if (!sort || !sort->is_array() || *sort == last) {
            return {};
        }
        last = *sort;
        request.body->as_object()["search_after"] = last;
    }
    return TooManyPages(client, list);
}

}  // namespace notify::iconik
