#include "sources/iconik/own_row.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

/// The row with `value` as its `member`; null when none fits.
const object* RowWith(
    const std::vector<object>& rows, const Known& known, std::string_view member, std::string_view value
) {
    const auto found = std::ranges::find_if(rows, [&](const object& row) {
        return known.fits(row) && TextIn(row, member) == value;
    });
    return found == rows.end() ? nullptr : &*found;
}

Error AnothersFault(const object& row, const Known& known) {
    const auto url = Url::Parse(TextIn(row, "url"));
    return {
        .code = ErrorCode::kConflict,
        .message = fmt::format(
            "a {} '{}' is there already and sends to {}, so another installation made it: give ours a name "
            "of "
            "its own with {}, or take that one over with --take-over",
            known.kind.what,
            objects::CleanText(TextIn(row, known.kind.label)),
            url ? objects::CleanText(url->Host()) : "no URL",
            known.option
        )
    };
}

}  // namespace

Result<const object*> FindOurs(
    const std::vector<object>& rows, const Known& known, const object& wanted, bool take_over
) {
    const object* found = nullptr;
    for (const auto& id : known.ids) {
        found = found != nullptr || id.empty() ? found : RowWith(rows, known, "id", id);
    }
    found = found != nullptr ? found : RowWith(rows, known, "url", TextIn(wanted, "url"));
    if (found != nullptr) {
        return found;
    }
    const auto label = known.kind.label;
    const auto* const called_so = RowWith(rows, known, label, TextIn(wanted, label));
    return called_so == nullptr || take_over ? Result<const object*>(called_so)
                                             : Unexpected(AnothersFault(*called_so, known));
}

}  // namespace notify::iconik
