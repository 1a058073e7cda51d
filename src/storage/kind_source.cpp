#include "storage/kind_source.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<KindSource> SourceOfKind(
    Transaction& transaction, const std::string& kind, std::string_view config, Timestamp now
) {
    const auto sources = transaction.sources.List();
    if (!sources) {
        return Unexpected(sources.error());
    }
    const auto there = std::ranges::find(*sources, kind, &Source::kind);
    if (there != sources->end()) {
        return KindSource{.id = there->id, .made = false};
    }
    const Source source{
        .id = SourceId(MakeId("src")),
        .kind = kind,
        .name = kind,
        .config = std::string(config),
        .created_at = now
    };
    return transaction.sources.Add(source).map([&] { return KindSource{.id = source.id, .made = true}; });
}

Result<Source> OnlySourceOfKind(const Snapshot& snapshot, std::string_view kind) {
    const auto sources = snapshot.sources.List();
    if (!sources) {
        return Unexpected(sources.error());
    }
    std::vector<Source> found;
    std::ranges::copy_if(*sources, std::back_inserter(found), [&](const Source& source) {
        return source.kind == kind;
    });
    if (found.size() == 1) {
        return found.front();
    }
    return found.empty()
               ? Fail(
                     ErrorCode::kInvalidArgument,
                     fmt::format(
                         "/source: there is no source of kind {0} yet; add one: notifications-api sources "
                         "add {0} --endpoint URL",
                         kind
                     )
                 )
               : Fail(
                     ErrorCode::kInvalidArgument,
                     fmt::format("/source: there are several of kind {}; name one", kind)
                 );
}

Result<Source> FindSource(const Snapshot& snapshot, std::string_view id_or_name) {
    const auto sources = snapshot.sources.List();
    if (!sources) {
        return Unexpected(sources.error());
    }
    for (const auto& source : *sources) {
        if (source.id.Value() == id_or_name || source.name == id_or_name) {
            return source;
        }
    }
    return Fail(ErrorCode::kNotFound, fmt::format("there is no source '{}'", id_or_name));
}

}  // namespace notify
