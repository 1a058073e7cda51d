#include "http/routes/source_writing.hpp"

#include <algorithm>
#include <array>
#include <stop_token>
#include <string_view>

#include "core/log.hpp"
#include "delivery/publishing/republish.hpp"
#include "domain/publication.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"

namespace notify {

bool IsWrittenOtherwise(const ApiParts& parts, const Source& before, const Source& after) {
    const auto connection = parts.sources.Find(after.kind);
    if (!connection) {  // it holds no buckets
        return false;
    }
    constexpr std::array kFormats{kJsonPublication.name, kTimelinePublication.name, kStatusPublication.name};
    return std::ranges::any_of(kFormats, [&](std::string_view format) {
        return (*connection)->WritingOf(before.config, format) !=
               (*connection)->WritingOf(after.config, format);
    });
}

void PublishAnew(
    const ApiParts& parts, const Source& before, const Source& after, const std::stop_token& stop
) {
    if (!IsWrittenOtherwise(parts, before, after)) {
        return;
    }
    const auto done = RepublishAll(parts.storage, after.id, parts.clock.Now(), stop);
    if (!done) {
        Log(LogLevel::kWarn,
            "not all that was published of a source could be asked for anew; publish its buckets",
            {{"source", after.name}, {"error", done.error().message}});
        return;
    }
    Log(LogLevel::kInfo,
        "what was published of a source is written anew",
        {{"source", after.name}, {"items", done->items}});
}

}  // namespace notify
