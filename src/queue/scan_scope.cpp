#include "queue/scan_scope.hpp"

#include <string>

#include "core/hash.hpp"
#include "domain/bucket.hpp"
#include "storage/bucket_options_text.hpp"

namespace notify {

std::string ScopeOf(const Bucket& bucket) {
    auto text = OptionsToText({.filters = bucket.options.filters, .sequences = bucket.options.sequences}) +
                bucket.location;
    for (const auto* globs : {&bucket.include, &bucket.exclude}) {
        text += '\0';
        for (const auto& glob : *globs) {
            text += '\n' + glob;
        }
    }
    return Sha256Hex(text);
}

}  // namespace notify
