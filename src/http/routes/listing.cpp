#include "http/routes/listing.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "http/parameters.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

std::string CursorOf(std::string_view word, const Rank& rank) {
    return ToHex(fmt::format("{}\n{}\n{}", word, rank.text, rank.tie));
}

/// Nothing when it is no cursor of that order.
std::optional<Rank> RankOf(std::string_view word, const std::string& cursor) {
    const auto text = FromHex(cursor);
    const auto first = text ? text->find('\n') : std::string::npos;
    const auto last = text ? text->rfind('\n') : std::string::npos;
    if (first == last || text->substr(0, first) != word) {
        return std::nullopt;
    }
    return Rank{.text = text->substr(first + 1, last - first - 1), .tie = text->substr(last + 1)};
}

bool IsBefore(const Rank& one, const Rank& other, bool descending) {
    return one.text == other.text ? one.tie < other.tie : (one.text < other.text) != descending;
}

}  // namespace

std::vector<Parameter> SortedPageParameters(std::vector<std::string_view> words) {
    auto parameters = PageParameters("");
    auto description = fmt::format("What the rows are sorted by; {} when not given.", words.front());
    parameters.push_back({.name = "sort", .description = std::move(description), .words = std::move(words)});
    return parameters;
}

Result<PageRows> PickPage(const std::vector<Rank>& ranks, std::string_view word, const PageRequest& page) {
    const bool descending = word.starts_with('-');
    std::vector<std::size_t> rows(ranks.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    if (!page.after.empty()) {
        const auto after = RankOf(word, page.after);
        if (!after) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "after must be as an answer of the service gave it, with its sort"
            );
        }
        std::erase_if(rows, [&](std::size_t row) { return !IsBefore(*after, ranks[row], descending); });
    }
    std::ranges::sort(rows, [&](std::size_t one, std::size_t other) {
        return IsBefore(ranks[one], ranks[other], descending);
    });
    PageRows picked{.rows = std::move(rows), .next = {}};
    const auto limit = static_cast<std::size_t>(page.limit);
    if (picked.rows.size() > limit) {
        picked.rows.resize(limit);
        picked.next = CursorOf(word, ranks[picked.rows.back()]);
    }
    return picked;
}

}  // namespace notify
