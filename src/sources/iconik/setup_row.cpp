#include "sources/iconik/setup_row.hpp"

#include <algorithm>
#include <cctype>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/objects/faults.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;
using boost::json::value;

bool IsEmpty(const value* member) {
    return member == nullptr || member->is_null() || (member->is_string() && member->get_string().empty());
}

bool HasHeaders(const value* there, const object& wanted) {
    const auto* const headers = there != nullptr ? there->if_object() : nullptr;
    return headers != nullptr && std::ranges::all_of(wanted, [&](const auto& each) {
               return std::ranges::any_of(*headers, [&](const auto& one) {
                   return SameHeader(one.key(), each.key()) && one.value() == each.value();
               });
           });
}

std::string Named(const RowKind& kind, const object& row) {
    return fmt::format("{} '{}'", kind.what, TextIn(row, kind.label));
}

Request RequestFor(const RowKind& kind, const object& row, std::string_view id) {
    return {
        .path = fmt::format("{}{}", kind.list, id.empty() ? std::string() : fmt::format("{}/", id)),
        .query = {},
        .what = Named(kind, row)
    };
}

/// Nobody knows whether it was made: the next run finds it by its name.
Error AskingAgain(Error fault) {
    if (fault.reason == kUncertain) {
        fault.message += "; run it again: what is there is not made twice";
    }
    return fault;
}

object WithoutEmpty(const object& wanted) {
    object made;
    for (const auto& member : wanted) {
        if (!IsEmpty(&member.value())) {
            made[member.key()] = member.value();
        }
    }
    return made;
}

}  // namespace

bool SameHeader(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

Error NamingRole(Error fault, std::string_view role) {
    if (fault.reason == objects::kAccessDenied) {
        fault.message += fmt::format(": {}", role);
    }
    return fault;
}

Result<std::vector<object>> ListRows(Client& client, const RowKind& kind, const std::stop_token& stop) {
    std::vector<object> rows;
    const List list{
        .request = {
            .path = std::string(kind.list), .query = {}, .what = std::string(kind.plural), .action = "list"
        }
    };
    const auto listed = EachByPage(
        client,
        list,
        [&](const object& row) {
            rows.push_back(row);
            return Result<void>();
        },
        stop
    );
    if (!listed && listed.error().code != ErrorCode::kNotFound) {  // 404: there are none
        return Unexpected(NamingRole(listed.error(), fmt::format("can_read_{}", kind.roles)));
    }
    return rows;
}

std::vector<std::string> Differences(const object& there, const object& wanted) {
    std::vector<std::string> names;
    for (const auto& member : wanted) {
        const auto* const has = there.if_contains(member.key());
        const bool same =
            member.key() == "headers" && member.value().is_object()
                ? HasHeaders(has, member.value().get_object())
                : (IsEmpty(has) && IsEmpty(&member.value())) || (has != nullptr && *has == member.value());
        if (!same) {
            names.emplace_back(member.key());
        }
    }
    return names;
}

Result<SetupStep> PutRow(
    const RowWriter& writer,
    const RowKind& kind,
    const object* there,
    const object& wanted,
    const object& whole
) {
    SetupStep step{
        .what = std::string(kind.what),
        .name = TextIn(wanted, kind.label),
        .id = there != nullptr ? TextIn(*there, "id") : std::string(),
        .sentence = {}
    };
    const auto differ = there != nullptr ? Differences(*there, wanted) : std::vector<std::string>();
    step.state = there == nullptr ? SetupState::kMade
                 : differ.empty() ? SetupState::kThere
                                  : SetupState::kChanged;
    if (step.state == SetupState::kChanged) {
        step.sentence = fmt::format("what differed: {}", fmt::join(differ, ", "));
    }
    if (step.state == SetupState::kThere || writer.dry_run) {
        return step;
    }
    auto request = RequestFor(kind, wanted, step.id);
    request.method = there == nullptr ? std::string("POST") : std::string(kind.change);
    request.action = there == nullptr ? "make" : "change";
    request.body = there == nullptr ? WithoutEmpty(wanted) : whole;
    request.repeatable = there != nullptr;
    const auto answer = writer.client.Send(request, writer.stop);
    if (!answer) {
        return Unexpected(AskingAgain(NamingRole(answer.error(), fmt::format("can_write_{}", kind.roles))));
    }
    if (there == nullptr && answer->is_object()) {
        step.id = TextIn(answer->get_object(), "id");
    }
    return step;
}

Result<SetupStep> RemoveRow(const RowWriter& writer, const RowKind& kind, const object& there) {
    SetupStep step{
        .what = std::string(kind.what),
        .name = TextIn(there, kind.label),
        .id = TextIn(there, "id"),
        .state = SetupState::kTakenAway,
        .sentence = {}
    };
    if (writer.dry_run) {
        return step;
    }
    auto request = RequestFor(kind, there, step.id);
    request.method = "DELETE";
    request.action = "remove";
    const auto answer = writer.client.Send(request, writer.stop);
    if (!answer && answer.error().code != ErrorCode::kNotFound) {  // 404: somebody else did
        return Unexpected(NamingRole(answer.error(), fmt::format("can_delete_{}", kind.roles)));
    }
    return step;
}

}  // namespace notify::iconik
