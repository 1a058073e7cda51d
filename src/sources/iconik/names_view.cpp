#include "sources/iconik/names_view.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/percent.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/iconik/writing.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kFieldName = "recognised_people";
constexpr std::string_view kTitle = "Recognised people";
constexpr std::string_view kTags = "tag_cloud";
constexpr std::array<std::string_view, 4> kTexts{"string", "string_exact", "text", "drop_down"};
/// What a view says of a field, and not the field itself.
constexpr std::array<std::string_view, 8> kOfView{
    "name", "label", "auto_set", "hide_if_not_set", "options", "read_only", "required", "source_url"
};

/// A row that may not be there.
Result<std::optional<object>> GetRow(const RowWriter& writer, const RowKind& kind, const std::string& id) {
    const auto answer = writer.client.Send(
        {.path = fmt::format("{}{}/", kind.list, id),
         .query = {},
         .what = fmt::format("{} '{}'", kind.what, id)},
        writer.stop
    );
    if (!answer) {
        return answer.error().code == ErrorCode::kNotFound
                   ? Result<std::optional<object>>(std::nullopt)
                   : Unexpected(NamingRole(answer.error(), fmt::format("can_read_{}", kind.roles)));
    }
    return answer->is_object() ? std::optional(answer->get_object()) : std::nullopt;
}

bool HoldsNames(const object& field) {
    const auto type = TextIn(field, "field_type");
    const auto* const multi = field.if_contains("multi");
    const bool several = multi != nullptr && multi->is_bool() && multi->get_bool();
    return type == kTags || (several && std::ranges::find(kTexts, type) != kTexts.end());
}

/// The view's fields as they are given when it is changed; the field is among them at the end.
array FieldsOf(const object& view, std::string_view field, bool& has) {
    array fields;
    const auto* const there = view.if_contains("view_fields");
    for (const auto& each : there != nullptr && there->is_array() ? there->get_array() : array()) {
        if (!each.is_object()) {
            continue;
        }
        object kept;
        for (const auto member : kOfView) {
            if (const auto* const found = each.get_object().if_contains(member);
                found != nullptr && !found->is_null()) {
                kept[member] = *found;
            }
        }
        has = has || TextIn(kept, "name") == field;
        fields.push_back(std::move(kept));
    }
    if (!has) {
        fields.push_back(object{{"name", field}});
    }
    return fields;
}

Result<std::optional<object>> FindView(const RowWriter& writer, const NamesPlace& names) {
    if (!names.view_id.empty()) {
        auto view = GetRow(writer, kViewKind, names.view_id);
        return view && !*view ? Fail(
                                    ErrorCode::kNotFound,
                                    fmt::format(
                                        "there is no metadata view {} in Iconik: change names_view and "
                                        "names_field of the source, or take them away (null) and run setup "
                                        "again",
                                        names.view_id
                                    )
                                )
                              : std::move(view);
    }
    const auto rows = ListRows(writer.client, kViewKind, writer.stop);
    if (!rows) {
        return Unexpected(rows.error());
    }
    const auto found =
        std::ranges::find(*rows, names.view, [](const object& row) { return TextIn(row, "name"); });
    return found == rows->end() ? std::nullopt : std::optional(*found);
}

}  // namespace

NamesPlace NamesPlaceOf(const Writing& writing) {
    return {
        .field = writing.names_field.empty() ? std::string(kFieldName) : writing.names_field,
        .view = std::string(kTitle),
        .view_id = writing.names_view
    };
}

Result<SetupStep> PutField(const RowWriter& writer, const NamesPlace& names) {
    const auto there = GetRow(writer, kFieldKind, PercentEncoded(names.field));
    if (!there) {
        return Unexpected(there.error());
    }
    if (*there && !HoldsNames(**there)) {
        return Fail(
            ErrorCode::kUnsupported,
            fmt::format(
                "the field '{}' cannot hold several names (its type is '{}'): rename it, or give the source "
                "a "
                "names_view and a names_field of type tag_cloud",
                names.field,
                TextIn(**there, "field_type")
            )
        );
    }
    if (*there) {
        return SetupStep{
            .what = std::string(kFieldKind.what), .name = names.field, .id = names.field, .sentence = {}
        };
    }
    const object wanted{
        {"name", names.field},
        {"label", kTitle},
        {"field_type", kTags},
        {"multi", true},
        {"use_as_facet", true}
    };
    return PutRow(writer, kFieldKind, nullptr, wanted, wanted);
}

Result<SetupStep> PutView(const RowWriter& writer, const NamesPlace& names) {
    const auto there = FindView(writer, names);
    if (!there) {
        return Unexpected(there.error());
    }
    const auto name = *there ? TextIn(**there, "name") : names.view;
    bool has = false;
    auto fields = FieldsOf(*there ? **there : object(), names.field, has);
    object wanted{{"name", name}};
    if (!has) {
        wanted["view_fields"] = fields;
    }
    object whole{{"name", name}, {"view_fields", std::move(fields)}};
    if (const auto* const description = *there ? (*there)->if_contains("description") : nullptr;
        description != nullptr) {
        whole["description"] = *description;
    }
    return PutRow(writer, kViewKind, *there ? &**there : nullptr, wanted, whole);
}

}  // namespace notify::iconik
