// notifications-api people what-if

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/percent.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// All pages together.
struct Sum {
    std::int64_t items = 0;
    std::int64_t unreadable = 0;
    std::int64_t tracks = 0;
    std::int64_t renamed = 0;
    std::map<std::pair<std::string, std::string>, std::int64_t> moved;
    array rows;              ///< The first ones.
    std::int64_t found = 0;  ///< All of them.
    std::optional<value> gallery_version;
};

std::int64_t Number(const value& page, std::string_view member) {
    return page.at(member).to_number<std::int64_t>();
}

std::string TargetOf(const Words& words, std::string_view after) {
    std::string target = "/v1/appearances/what-if?limit=200";
    for (const auto& [name, number] :
         {std::pair("confirmed", &words.what_if.confirm),
          std::pair("proposed", &words.what_if.propose),
          std::pair("margin", &words.what_if.margin)}) {
        if (*number) {
            target += fmt::format("&{}={:.6f}", name, **number);
        }
    }
    for (const auto& [name, text] :
         {std::pair("bucket", std::string_view(words.bucket)), std::pair("after", after)}) {
        if (!text.empty()) {
            target += fmt::format("&{}={}", name, PercentEncoded(text));
        }
    }
    return target;
}

/// kConflict when the page is of other people than those before.
Result<void> Add(const value& page, int most_rows, Sum& sum) {
    if (sum.gallery_version && *sum.gallery_version != page.at("gallery_version")) {
        return Fail(ErrorCode::kConflict, "people changed meanwhile: ask again");
    }
    sum.gallery_version = page.at("gallery_version");
    sum.items += Number(page, "items");
    sum.unreadable += Number(page, "unreadable");
    sum.tracks += Number(page, "tracks");
    sum.renamed += Number(page, "renamed");
    for (const auto& moved : page.at("moved").as_array()) {
        sum.moved[{Shown(moved, "from"), Shown(moved, "to")}] += Number(moved, "tracks");
    }
    for (const auto& row : page.at("rows").as_array()) {
        ++sum.found;
        if (sum.rows.size() < static_cast<std::size_t>(most_rows)) {
            sum.rows.push_back(row);
        }
    }
    return {};
}

value AsJson(Sum sum) {
    array moved;
    for (const auto& [states, tracks] : sum.moved) {
        moved.push_back(object{{"from", states.first}, {"to", states.second}, {"tracks", tracks}});
    }
    return object{
        {"items", sum.items},
        {"unreadable", sum.unreadable},
        {"tracks", sum.tracks},
        {"renamed", sum.renamed},
        {"moved", std::move(moved)},
        {"changes", sum.found},
        {"rows", std::move(sum.rows)}
    };
}

std::string Named(const value& row, const std::string& state) {
    const auto name = Shown(row, state + "_name");
    return name.empty() ? Shown(row, state) : fmt::format("{} {}", Shown(row, state), name);
}

void Print(const value& sum) {
    const auto& rows = sum.at("rows").as_array();
    for (const auto& row : rows) {
        fmt::print(
            "{} {} ms to {} ms: {} -> {}, {:.2f} away{}\n",
            Shown(row, "item"),
            Shown(row, "start_ms"),
            Shown(row, "end_ms"),
            Named(row, "from"),
            Named(row, "to"),
            row.at("distance").to_number<double>(),
            row.at("appearance").as_string().empty() ? "" : fmt::format(" ({})", Shown(row, "appearance"))
        );
    }
    if (const auto more = Number(sum, "changes") - static_cast<std::int64_t>(rows.size()); more > 0) {
        fmt::print("… and {} more: --limit shows more of them\n", more);
    }
    for (const auto& moved : sum.at("moved").as_array()) {
        if (Number(moved, "tracks") > 0 && moved.at("from") != moved.at("to")) {
            fmt::print(
                "{} -> {}: {}\n",
                Shown(moved, "from"),
                Shown(moved, "to"),
                Counted(Shown(moved, "tracks"), "track", "tracks")
            );
        }
    }
    if (Number(sum, "unreadable") > 0) {
        fmt::print(
            "{} left out: the faces cannot be read\n", Counted(Shown(sum, "unreadable"), "item", "items")
        );
    }
    fmt::print(
        "{} in {} looked at, {} would be shown as another person; nothing was changed\n",
        Counted(Shown(sum, "tracks"), "track", "tracks"),
        Counted(Shown(sum, "items"), "item", "items"),
        Shown(sum, "renamed")
    );
}

Result<void> Ask(CommandLine& line) {
    Sum sum;
    std::string after;
    do {
        const auto page = line.Call("GET", TargetOf(line.words, after), nullptr);
        const auto added = page ? Add(*page, line.words.limit, sum) : Unexpected(page.error());
        if (!added) {
            return added;
        }
        after = page->at("next").as_string();
    } while (!after.empty());
    line.Show(AsJson(std::move(sum)), Print);
    return {};
}

}  // namespace

void AddWhatIfCommand(const CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& command = line.Add(
        *app.get_subcommand("people"),
        "what-if",
        "What other thresholds would change in past items; changes nothing",
        [&line] { return Ask(line); }
    );
    const auto distance = CLI::Range(0.0, 2.0);
    command.add_option("--confirm", words.what_if.confirm, "A name is confirmed under this distance")
        ->check(distance);
    command.add_option("--propose", words.what_if.propose, "Up to this distance it is proposed")
        ->check(distance);
    command.add_option("--margin", words.what_if.margin, "So much nearer than the next person")
        ->check(distance);
    command.add_option("--bucket", words.bucket, "Only items of this bucket: id or name");
    command.add_option("--limit", words.limit, "How many changes are shown (50)")
        ->check(CLI::Range(0, 1'000'000));
}

}  // namespace notify
