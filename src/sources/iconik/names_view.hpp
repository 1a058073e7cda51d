#pragma once

// The metadata field that names are written into, and the view that holds it, made in Iconik.

#include <string>

#include "core/result.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/iconik/writing.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

inline constexpr RowKind kFieldKind{
    .what = "metadata field",
    .plural = "the metadata fields",
    .list = "metadata/v1/fields/",
    .change = "PUT",
    .roles = "metadata_fields",
    .label = "name"
};
inline constexpr RowKind kViewKind{
    .what = "metadata view",
    .plural = "the metadata views",
    .list = "metadata/v1/views/",
    .change = "PUT",
    .roles = "metadata_views",
    .label = "name"
};

/// Where names go.
struct NamesPlace {
    std::string field;
    std::string view;     ///< Name, of a view that is looked for by it.
    std::string view_id;  ///< When the configuration has one; then that is the view.
};

/// What the configuration says, else the field "recognised_people" in the view "Recognised people".
[[nodiscard]] NamesPlace NamesPlaceOf(const Writing& writing);

/// Makes the field. One that is there stays as it is: kUnsupported when it cannot hold several names.
[[nodiscard]] Result<SetupStep> PutField(const RowWriter& writer, const NamesPlace& names);

/// Makes the view, or adds the field to the one that is there. kNotFound: none has the configuration's id.
[[nodiscard]] Result<SetupStep> PutView(const RowWriter& writer, const NamesPlace& names);

}  // namespace notify::iconik
