#include "sources/iconik/timeline.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/names_field.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/iconik/segments.hpp"
#include "sources/iconik/unmapped_people.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

namespace {

constexpr std::size_t kMostInBulk = 500;
constexpr auto kShownAfter = std::chrono::seconds(10);

/// The segments of one version of an asset.
class Timeline final {
public:
    Timeline(Client& client, const std::string& owner, const Written& to, const std::stop_token& stop)
        : client_(client), owner_(owner), to_(to), stop_(stop) {}

    [[nodiscard]] Result<std::vector<Segment>> There() { return Find(to_.version); }

    /// Ours of that version; of "" those of every version.
    [[nodiscard]] Result<std::vector<Segment>> Find(const std::string& version) {
        std::vector<Segment> there;
        const List list{
            .request =
                {.path = Path(""),
                 .query = version.empty() ? "include_all_versions=true" : "version_id=" + version,
                 .what = What(),
                 .action = "list"},
            .per_page = 1000
        };
        const auto listed = EachByPage(
            client_,
            list,
            [&](const boost::json::object& json) -> Result<void> {
                if (auto segment = ReadSegment(json, owner_)) {
                    there.push_back(*std::move(segment));
                }
                return {};
            },
            stop_
        );
        return listed.map([&] { return std::move(there); });
    }

    /// What there is too much of goes first, so that a name is never shown twice.
    [[nodiscard]] Result<void> Write(const Difference& difference) {
        auto removed = InBulks(difference.remove, [&](std::span<const std::string> ids) {
            return Send("DELETE", {{"segment_ids", boost::json::array(ids.begin(), ids.end())}});
        });
        return std::move(removed).and_then([&] { return SendAll("PUT", difference.change); }).and_then([&] {
            return SendAll("POST", difference.add);
        });
    }

private:
    [[nodiscard]] std::string Path(std::string_view rest) const {
        return fmt::format("assets/v1/assets/{}/segments/{}", to_.asset, rest);
    }

    [[nodiscard]] std::string What() const { return fmt::format("the segments of asset {}", to_.asset); }

    template <class Row, class Each>
    static Result<void> InBulks(const std::vector<Row>& rows, Each each) {
        Result<void> done;
        for (std::size_t i = 0; done && i < rows.size(); i += kMostInBulk) {
            done = each(std::span(rows).subspan(i, std::min(kMostInBulk, rows.size() - i)));
        }
        return done;
    }

    [[nodiscard]] Result<void> SendAll(const std::string& method, const std::vector<Segment>& segments) {
        return InBulks(segments, [&](std::span<const Segment> some) {
            boost::json::array rows;
            for (const auto& segment : some) {
                rows.push_back(ToJson(segment, to_.version));
            }
            return Send(method, {{"objects", std::move(rows)}});
        });
    }

    [[nodiscard]] Result<void> Send(const std::string& method, boost::json::object body) {
        const auto sent = client_.Send(
            {.method = method,
             .path = Path("bulk/"),
             .query = method == "DELETE" ? "immediately=true" : "",
             .body = std::move(body),
             .what = What(),
             .action = "write",
             .repeatable = method != "POST"},
            stop_
        );
        // somebody else removed them
        return sent || (method == "DELETE" && sent.error().code == ErrorCode::kNotFound)
                   ? Result<void>{}
                   : Unexpected(sent.error());
    }

    Client& client_;
    const std::string& owner_;
    const Written& to_;
    const std::stop_token& stop_;
};

std::set<std::string> NamesOf(const std::vector<Segment>& segments) {
    std::set<std::string> names;
    for (const auto& segment : segments) {
        names.insert(segment.text);
    }
    return names;
}

}  // namespace

Result<void> WriteTimeline(
    Client& client,
    const Writing& writing,
    const Written& to,
    std::string_view timeline,
    const std::stop_token& stop
) {
    const auto wanted = WantedSegments(timeline, to.version, writing);
    if (!wanted) {
        return Unexpected(wanted.error());
    }
    if (to.unmapped != nullptr) {
        to.unmapped->Note(*wanted);
    }
    Timeline segments(client, writing.owner, to, stop);
    auto there = segments.There();
    if (there && to.tried && !Compare(*wanted, *there).add.empty()) {
        if (!SleepFor(kShownAfter, stop)) {
            return Fail(ErrorCode::kStopped, "the service stopped");
        }
        there = segments.There();
    }
    if (!there) {
        return Unexpected(there.error());
    }
    // names first: which of them were ours is told by the segments that are there still
    const Names names{.wanted = NamesOf(*wanted), .ours = NamesOf(*there), .ours_of_any_version = [&] {
                          return segments.Find("").map(NamesOf);
                      }};
    return WriteNames(client, writing, to.asset, names, stop).and_then([&] {
        return segments.Write(Compare(*wanted, *there));
    });
}

}  // namespace notify::iconik
