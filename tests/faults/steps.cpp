#include "faults/steps.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace notify::testing {

namespace {

constexpr std::array<std::string_view, 17> kWords{
    "claims",
    "beats",
    "tells progress",
    "completes",
    "fails",
    "releases",
    "crashes",
    "crashes in a group",
    "ends as cancelled",
    "dies",
    "restarts",
    "reaps",
    "gives up the other",
    "cancel",
    "rerun",
    "leases end",
    "delays end"
};

/// Adds to `orders` each way to go on from `order`, where row i has gone `gone[i]` steps.
void GoOn(
    const std::vector<std::vector<Step>>& rows,
    std::vector<std::size_t>& gone,
    std::vector<Step>& order,
    std::vector<std::vector<Step>>& orders
) {
    bool any = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (gone[i] == rows[i].size()) {
            continue;
        }
        any = true;
        order.push_back(rows[i][gone[i]++]);
        GoOn(rows, gone, order, orders);
        order.pop_back();
        --gone[i];
    }
    if (!any) {
        orders.push_back(order);
    }
}

}  // namespace

std::string ToString(const std::vector<Step>& steps) {
    std::string text;
    for (const auto& step : steps) {
        const auto words = kWords.at(static_cast<std::size_t>(step.act));
        const bool of_owner = step.act < Act::kCancel;
        const bool of_item = step.act == Act::kCancel || step.act == Act::kRerun ||
                             (step.act >= Act::kProgress && step.act <= Act::kEndsCancelled);
        text += fmt::format(
            "{}{}{}{}",
            text.empty() ? "" : "; ",
            of_owner ? fmt::format("{} ", static_cast<char>('A' + step.owner)) : "",
            words,
            of_item ? fmt::format(" {}", step.item) : ""
        );
    }
    return text;
}

std::vector<std::vector<Step>> EveryOrder(const std::vector<std::vector<Step>>& rows) {
    std::vector<std::vector<Step>> orders;
    std::vector<std::size_t> gone(rows.size(), 0);
    std::vector<Step> order;
    GoOn(rows, gone, order, orders);
    return orders;
}

}  // namespace notify::testing
