#include "storage/kind_source.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<KindSource> SourceOfKind(
    Transaction& transaction, const std::string& kind, std::string_view config, Timestamp now
) {
    const auto sources = transaction.buckets.Sources();
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
    return transaction.buckets.AddSource(source).map([&] {
        return KindSource{.id = source.id, .made = true};
    });
}

}  // namespace notify
