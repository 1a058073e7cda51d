#pragma once

// Pages of lists that are sorted here: of what people set up, some hundred rows. What grows by itself (items,
// events, people) is sorted by the database.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/routes/routes.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Where a row stands: by its text, and among those of the same text by what is its own. Bytes are compared.
struct Rank {
    std::string text;  ///< Without a line break.
    std::string tie;   ///< Likewise.
};

/// A way to sort: what `sort` says for it, with "-" before it when the texts descend, and a row's rank.
template <class Row>
struct Order {
    std::string_view word;
    Rank (*rank_of)(const Row&);
};

/// Of rows with a name and an id.
template <class Row>
[[nodiscard]] Rank RankByName(const Row& row) {
    return {.text = row.name, .tie = row.id.Value()};
}

/// Of rows with a created_at and an id: the first made first.
template <class Row>
[[nodiscard]] Rank RankByTime(const Row& row) {
    return {.text = ToRfc3339(row.created_at), .tie = row.id.Value()};
}

/// By name, unless it is asked otherwise, or by when they were made.
template <class Row>
[[nodiscard]] std::vector<Order<Row>> OrdersByNameOrTime() {
    return {
        {"name", RankByName<Row>},
        {"-name", RankByName<Row>},
        {"created_at", RankByTime<Row>},
        {"-created_at", RankByTime<Row>}
    };
}

/// Which rows are on a page, in their order, and with which cursor the list goes on.
struct PageRows {
    std::vector<std::size_t> rows;
    std::string next;
};

/// `limit`, `after` and `sort`, which is the first of the words when it is not given.
[[nodiscard]] std::vector<Parameter> SortedPageParameters(std::vector<std::string_view> words);

template <class Row>
[[nodiscard]] std::vector<Parameter> SortedPageParameters(const std::vector<Order<Row>>& orders) {
    std::vector<std::string_view> words;
    words.reserve(orders.size());
    for (const auto& order : orders) {
        words.push_back(order.word);
    }
    return SortedPageParameters(std::move(words));
}

/// The page of a list whose rows have these ranks, sorted by the word. kInvalidArgument when `page.after` is
/// no cursor of a list sorted by it.
[[nodiscard]] Result<PageRows> PickPage(
    const std::vector<Rank>& ranks, std::string_view word, const PageRequest& page
);

/// The page that the request asks for. A row that was removed meanwhile changes nothing for those behind it.
/// kInvalidArgument as PickPage.
template <class Row>
[[nodiscard]] Result<Page<Row>> PageOfRows(
    std::vector<Row> rows, const Request& request, const std::vector<Order<Row>>& orders
) {
    const auto asked = request.Query("sort");
    const auto* order = &orders.front();
    for (const auto& each : orders) {
        order = each.word == asked ? &each : order;
    }
    std::vector<Rank> ranks;
    ranks.reserve(rows.size());
    for (const auto& row : rows) {
        ranks.push_back(order->rank_of(row));
    }
    return PickPage(ranks, order->word, PageOf(request)).map([&](const PageRows& picked) {
        Page<Row> page{.rows = {}, .next = picked.next};
        for (const auto index : picked.rows) {
            page.rows.push_back(std::move(rows[index]));
        }
        return page;
    });
}

}  // namespace notify
